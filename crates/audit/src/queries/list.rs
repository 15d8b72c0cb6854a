//! The audit trail as a list.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Db, Result,
    db::any_of,
    events::{Action, Severity},
    id::{EventId, PersonalKeyId},
    personal::{Marks, PersonalKey, join, place},
    record::{Field, Record, by_ids},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryFilter};

use crate::{
    domain::names::{self, Meaning},
    policy::VIEW_AUDIT_LOG,
    store::{chain, log},
};

/// An audit row with its link; `link` is absent in the moment before sealing.
#[derive(Debug, Clone)]
pub struct AuditLog {
    /// The row.
    pub row: log::Model,
    /// Its link in the chain.
    pub link: Option<chain::Model>,
    /// Whether something in it is unreadable, because somebody was forgotten.
    pub is_erased: bool,
}

impl AuditLog {
    /// What was done to the thing; of old rows, which do not say, told by the event's name.
    pub fn action(&self) -> Action {
        let row = &self.row;
        row.action.unwrap_or_else(|| Action::of(&row.kind, row.old_values.is_some(), row.new_values.is_some()))
    }

    /// What links it to others that came of the same beginning.
    pub fn correlation_id(&self) -> &str {
        self.row.correlation_id.as_deref().unwrap_or(&self.row.request_id)
    }
}

impl Record for log::Entity {
    type Id = EventId;
    type Row = log::Model;
    const WHAT: &'static str = "AuditLog";
    const ID: log::Column = log::Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_AUDIT_LOG)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_AUDIT_LOG).then(Condition::all)
    }
}

/// By what was done to the thing.
pub const BY_ACTION: Field<log::Column> = Field::new("action", &[log::Column::Action]);
/// By who did it.
pub const BY_ACTOR: Field<log::Column> = Field::new("actorId", &[log::Column::ActorId]);
/// By what kind of actor it was.
pub const BY_ACTOR_KIND: Field<log::Column> = Field::new("actorKind", &[log::Column::ActorKind]);
/// By the key that acted for them.
pub const BY_API_KEY: Field<log::Column> = Field::new("apiKeyId", &[log::Column::ApiKeyId]);
/// By the error code of what did not succeed.
pub const BY_FAILURE: Field<log::Column> = Field::new("failureCode", &[log::Column::Failure]);
/// By the session that they acted in.
pub const BY_SESSION: Field<log::Column> = Field::new("sessionId", &[log::Column::SessionId]);
/// By the request.
pub const BY_REQUEST: Field<log::Column> = Field::new("requestId", &[log::Column::RequestId]);
/// By the kind of thing it was about.
pub const BY_RESOURCE_TYPE: Field<log::Column> = Field::new("resourceType", &[log::Column::ResourceKind]);
/// By the thing it was about.
pub const BY_RESOURCE: Field<log::Column> = Field::new("resourceId", &[log::Column::ResourceId]);
/// By success.
pub const BY_SUCCESS: Field<log::Column> = Field::new("success", &[log::Column::Success]);
/// By time.
pub const BY_AT: Field<log::Column> = Field::new("at", &[log::Column::At]);

/// The rows that a name of another product means, or those of the event that is called so.
pub fn named(name: &str) -> Condition {
    let failed = |codes: &'static [&'static str]| log::Column::Failure.is_in(codes.iter().copied());
    match names::meaning(name) {
        None => Condition::all().add(log::Column::Kind.eq(name)),
        Some(Meaning::Events(events)) => Condition::all().add(log::Column::Kind.is_in(events.iter().copied())),
        Some(Meaning::Refusals(codes)) => Condition::all().add(failed(codes)),
        Some(Meaning::Action(action)) => {
            let refused = Condition::any().add(failed(names::DENIED)).add(failed(names::UNAUTHORIZED));
            let own = log::Column::Kind.is_not_in(names::named());
            let taken = Condition::any().add(log::Column::Failure.is_null()).add(refused.not());
            Condition::all().add(log::Column::Action.eq(action)).add(own).add(taken)
        }
    }
}

/// The rows of a severity, in today's word for it and in the one of old rows.
pub fn serious(severity: &Severity) -> Condition {
    let levels = log::Level::iter().filter(|level| Severity::from(*level) == *severity);
    Condition::all().add(log::Column::Severity.is_in(levels))
}

/// The rows with a correlation id; of one that is the request's own there is only that.
pub fn correlated(id: &str) -> Condition {
    let own = Condition::all().add(log::Column::RequestId.eq(id)).add(log::Column::CorrelationId.is_null());
    Condition::any().add(log::Column::CorrelationId.eq(id)).add(own)
}

/// The rows of who had an e-mail address.
pub fn by_email(marks: Option<&Marks>, email: &str) -> Condition {
    found(log::Column::ActorEmail, email, log::Column::EmailMark, marks.map(|marks| marks.email(email)))
}

/// The rows of requests that came from an address.
pub fn from_address(marks: Option<&Marks>, address: &str) -> Condition {
    found(log::Column::Address, address, log::Column::AddressMark, marks.map(|marks| marks.address(address)))
}

/// The rows with a value that is sealed in them, and those of before it was.
fn found(plain: log::Column, value: &str, marked: log::Column, mark: Option<Vec<u8>>) -> Condition {
    let any = Condition::any().add(plain.eq(value));
    match mark {
        Some(mark) => any.add(marked.eq(mark)),
        None => any,
    }
}

/// One audit row; `None` where it is not there or may not be seen.
pub async fn by_id(db: &Db, cx: &Cx, id: EventId) -> Result<Option<AuditLog>> {
    let rows: Vec<_> = by_ids::<log::Entity>(&db.reader(cx).await?, cx, &[id]).await?.into_values().collect();
    Ok(shown(db, cx, rows).await?.pop())
}

/// Rows that were found, with their links, and with what is sealed in them as far as its keys are there.
pub async fn shown(db: &Db, cx: &Cx, rows: Vec<log::Model>) -> Result<Vec<AuditLog>> {
    let conn = &db.reader(cx).await?;
    let mut links = links(conn, &rows).await?;
    let keys: Vec<_> = rows.iter().flat_map(|row| [row.actor_key, row.values_key]).flatten().collect();
    let keys = db.personal().by_ids(conn, cx.tenant.id, keys).await?;
    let shown = rows.into_iter().map(|row| {
        let mut log = AuditLog { link: links.remove(&row.id), row, is_erased: false };
        log.open(&keys);
        log
    });
    Ok(shown.collect())
}

impl AuditLog {
    /// Puts back what is sealed in the row. What does not open is left out: proving the trail finds what was altered, and reading
    /// goes on.
    pub(crate) fn open(&mut self, keys: &HashMap<PersonalKeyId, Option<PersonalKey>>) {
        let row = &mut self.row;
        let opened = |key: PersonalKeyId, what: &str, sealed: &[u8]| {
            let key = keys.get(&key).and_then(Option::as_ref)?;
            key.open(&place(what, row.id.0), sealed).ok()
        };
        if let Some((key, sealed)) = row.actor_key.zip(row.actor_sealed.as_ref()) {
            match opened(key, "audit_logs.actor", sealed) {
                Some(values) => {
                    let text = |name: &str| values[name].as_str().map(str::to_owned);
                    (row.actor_email, row.address, row.agent) = (text("email"), text("address"), text("agent"));
                }
                None => self.is_erased = true,
            }
        }
        if let Some((key, sealed)) = row.values_key.zip(row.values_sealed.as_ref()) {
            match opened(key, "audit_logs.values", sealed) {
                Some(mut values) => {
                    let parts =
                        [("old", &mut row.old_values), ("new", &mut row.new_values), ("details", &mut row.details)];
                    for (name, part) in parts {
                        if values[name] != serde_json::Value::Null {
                            join(part.get_or_insert_default(), values[name].take());
                        }
                    }
                }
                None => self.is_erased = true,
            }
        }
    }
}

async fn links(conn: &Conn, rows: &[log::Model]) -> Result<HashMap<EventId, chain::Model>> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let links = chain::Entity::find()
        .filter(any_of(conn.get_database_backend(), chain::Column::AuditLogId, &ids))
        .all(conn)
        .await?;
    Ok(links.into_iter().map(|link| (link.audit_log_id, link)).collect())
}
