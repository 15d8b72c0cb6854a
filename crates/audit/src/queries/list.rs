//! The audit trail as a list.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Db, Result,
    db::any_of,
    events::{Action, Severity},
    filter::{Criteria, Filter, IdComparator, TimeComparator, ValueComparator, bounded},
    id::{EventId, PersonalKeyId, SessionId, UserId},
    page::{Order, Page, Place, Slice},
    personal::{Marks, PersonalKey, join, place},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, Iterable, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Func},
};

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

    /// The row's place in the list's order.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.row.at.into()], id: self.row.id.0 }
    }
}

/// What the trail can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct AuditLogCriteria {
    /// By the event's name, or by what another product calls it.
    pub kind: Option<ValueComparator<String>>,
    /// By what was done to the thing.
    pub action: Option<ValueComparator<Action>>,
    /// By how serious it is.
    pub severity: Option<ValueComparator<Severity>>,
    /// By who did it.
    pub actor_id: Option<IdComparator<UserId>>,
    /// By the address that they had.
    pub actor_email: Option<ValueComparator<String>>,
    /// By the session that they acted in.
    pub session_id: Option<IdComparator<SessionId>>,
    /// By where the request came from.
    pub address: Option<ValueComparator<String>>,
    /// By the request.
    pub request_id: Option<ValueComparator<String>>,
    /// By what links requests to one another.
    pub correlation_id: Option<ValueComparator<String>>,
    /// By the kind of thing it was about.
    pub resource_kind: Option<ValueComparator<String>>,
    /// By the thing it was about.
    pub resource_id: Option<uuid::Uuid>,
    /// By success.
    pub success: Option<bool>,
    /// By time.
    pub at: Option<TimeComparator>,
    /// What finds sealed values; [`audit_logs`] and [`count`] put it here.
    pub marks: Option<Marks>,
}

/// A comparison of values that are no column's, each a condition of its own.
fn by<T: Clone>(field: &str, comparator: &ValueComparator<T>, is: impl Fn(&T) -> Condition) -> Result<Vec<Condition>> {
    let mut all = Vec::new();
    all.extend(comparator.eq.as_ref().map(&is));
    // What compares with an absent value is unknown to SQL, and so is its negation.
    let no = |value: &T| Expr::from(Func::coalesce([Expr::from(is(value)), Expr::val(false)])).not();
    all.extend(comparator.ne.as_ref().map(|value| Condition::all().add(no(value))));
    if let Some(values) = &comparator.is_in {
        bounded(field, values)?;
        let none = Condition::any().add(Expr::val(1).eq(0));
        all.push(values.iter().fold(none, |any, value| any.add(is(value))));
    }
    Ok(all)
}

/// The rows that a name of another product means, or those of the event that is called so.
fn named(name: &str) -> Condition {
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
fn serious(severity: &Severity) -> Condition {
    let levels = log::Level::iter().filter(|level| Severity::from(*level) == *severity);
    Condition::all().add(log::Column::Severity.is_in(levels))
}

/// The rows with a correlation id; of one that is the request's own there is only that.
fn correlated(id: &String) -> Condition {
    let own = Condition::all().add(log::Column::RequestId.eq(id)).add(log::Column::CorrelationId.is_null());
    Condition::any().add(log::Column::CorrelationId.eq(id)).add(own)
}

/// The rows with a value that is sealed in them, and those of before it was.
fn found(plain: log::Column, value: &str, marked: log::Column, mark: Option<Vec<u8>>) -> Condition {
    let any = Condition::any().add(plain.eq(value));
    match mark {
        Some(mark) => any.add(marked.eq(mark)),
        None => any,
    }
}

impl Criteria for AuditLogCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(kind) = &self.kind {
            all.extend(by("eventType", kind, |name| named(name))?);
        }
        if let Some(action) = &self.action {
            all.extend(action.conditions("action", log::Column::Action)?);
        }
        if let Some(severity) = &self.severity {
            all.extend(by("severity", severity, serious)?);
        }
        if let Some(actor) = &self.actor_id {
            all.extend(actor.conditions(backend, "actorId", log::Column::ActorId)?);
        }
        if let Some(email) = &self.actor_email {
            all.extend(by("actorEmail", email, |email| {
                let mark = self.marks.as_ref().map(|marks| marks.email(email));
                found(log::Column::ActorEmail, email, log::Column::EmailMark, mark)
            })?);
        }
        if let Some(session) = &self.session_id {
            all.extend(session.conditions(backend, "sessionId", log::Column::SessionId)?);
        }
        if let Some(address) = &self.address {
            all.extend(by("address", address, |address| {
                let mark = self.marks.as_ref().map(|marks| marks.address(address));
                found(log::Column::Address, address, log::Column::AddressMark, mark)
            })?);
        }
        if let Some(id) = &self.request_id {
            all.extend(id.conditions("requestId", log::Column::RequestId)?);
        }
        if let Some(id) = &self.correlation_id {
            all.extend(by("correlationId", id, correlated)?);
        }
        if let Some(kind) = &self.resource_kind {
            all.extend(kind.conditions("resourceType", log::Column::ResourceKind)?);
        }
        if let Some(id) = self.resource_id {
            all.push(Condition::all().add(log::Column::ResourceId.eq(id)));
        }
        if let Some(success) = self.success {
            all.push(Condition::all().add(log::Column::Success.eq(success)));
        }
        if let Some(at) = &self.at {
            all.extend(at.conditions(log::Column::At));
        }
        Ok(all)
    }
}

/// The order of the trail: by time.
#[derive(Debug, Clone, Copy)]
pub struct AuditLogOrder {
    /// Newest first.
    pub descending: bool,
}

/// A page of the trail.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_AUDIT_LOG`].
pub async fn audit_logs(
    db: &Db,
    cx: &Cx,
    filter: &Filter<AuditLogCriteria>,
    order: AuditLogOrder,
    page: &Page,
) -> Result<Slice<AuditLog>> {
    cx.require(VIEW_AUDIT_LOG)?;
    let conn = &db.reader(cx).await?;
    let filter = marked(db, conn, cx, filter).await?;
    let order = Order { columns: vec![(log::Column::At, order.descending)], id: log::Column::Id };
    let select = log::Entity::find().filter(filter.condition(conn.get_database_backend())?);
    let slice = page.slice(order.apply(select, page).all(conn).await?);
    let mut shown = shown(db, conn, cx, &slice.rows).await?;
    Ok(slice.map(|row| shown.remove(&row.id).unwrap_or(AuditLog { row, link: None, is_erased: false })))
}

/// One audit row; `None` where it is not there or may not be seen.
pub async fn by_id(db: &Db, cx: &Cx, id: EventId) -> Result<Option<AuditLog>> {
    if !cx.can(VIEW_AUDIT_LOG) {
        return Ok(None);
    }
    let conn = &db.reader(cx).await?;
    let Some(row) = log::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    Ok(shown(db, conn, cx, &[row]).await?.remove(&id))
}

/// How many rows the filter leaves.
pub async fn count(db: &Db, cx: &Cx, filter: &Filter<AuditLogCriteria>) -> Result<u64> {
    cx.require(VIEW_AUDIT_LOG)?;
    let conn = &db.reader(cx).await?;
    let filter = marked(db, conn, cx, filter).await?;
    Ok(log::Entity::find().filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// The filter with what finds sealed values.
async fn marked(db: &Db, conn: &Conn, cx: &Cx, filter: &Filter<AuditLogCriteria>) -> Result<Filter<AuditLogCriteria>> {
    let mut filter = filter.clone();
    let mut is_needed = false;
    filter.each(&mut |level| is_needed |= level.actor_email.is_some() || level.address.is_some());
    if is_needed {
        let marks = db.personal().marks(conn, cx).await?;
        filter.each(&mut |level| level.marks.clone_from(&marks));
    }
    Ok(filter)
}

/// The rows with their links, and with what is sealed in them as far as its keys are there.
async fn shown(db: &Db, conn: &Conn, cx: &Cx, rows: &[log::Model]) -> Result<HashMap<EventId, AuditLog>> {
    let mut links = links(conn, rows).await?;
    let keys: Vec<_> = rows.iter().flat_map(|row| [row.actor_key, row.values_key]).flatten().collect();
    let keys = db.personal().by_ids(conn, cx.tenant.id, keys).await?;
    let mut shown = HashMap::new();
    for row in rows {
        let mut log = AuditLog { row: row.clone(), link: links.remove(&row.id), is_erased: false };
        log.open(&keys);
        shown.insert(row.id, log);
    }
    Ok(shown)
}

impl AuditLog {
    /// Puts back what is sealed in the row. What does not open is left out: proving the trail finds what was altered, and reading
    /// goes on.
    fn open(&mut self, keys: &HashMap<PersonalKeyId, Option<PersonalKey>>) {
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
