//! Leads as those see them who may.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    db::any_of,
    id::LeadId,
    record::{Field, Nested, Record},
    text::email,
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    policy::{VIEW_LEADS, visible_leads},
    store::leads::lead::{Column, Entity, Model as Lead},
};

/// So many merges in a row are followed.
const FOLLOWED: usize = 20;

impl Record for Entity {
    type Id = LeadId;
    type Row = Lead;
    const WHAT: &'static str = "Lead";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_LEADS)
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_leads(cx, backend)
    }
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By how likely they are to buy.
pub const BY_SCORE: Field<Column> = Field::new("score", &[Column::Score]);
/// By who has them.
pub const BY_OWNER: Field<Column> = Field::new("ownerId", &[Column::OwnerId]);
/// By what kind of thing they came from.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::SourceKind]);
/// By when they were made.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// By when they were last changed.
pub const BY_UPDATED_AT: Field<Column> = Field::new("updatedAt", &[Column::UpdatedAt]);

/// Those with an address, however it is written.
///
/// # Errors
/// [`Error::Invalid`] at `filter.email` for what is none.
pub fn with_email(text: &str) -> Result<Condition> {
    let why = "must be an e-mail address such as ada@example.com";
    let wrong = || Error::invalid("filter.email", ProblemCode::InvalidFormat, why);
    Ok(Condition::all().add(Column::Email.eq(email(text).ok_or_else(wrong)?)))
}

/// Those that went into no other.
pub fn not_merged() -> Condition {
    Condition::all().add(Column::MergedIntoId.is_null())
}

/// All leads that went into each of these, and into those that did, whoever asks: they are one person.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn merged_into_each(conn: &Conn, leads: &[LeadId]) -> Result<HashMap<LeadId, Vec<Lead>>> {
    let mut found: HashMap<LeadId, Vec<Lead>> = HashMap::new();
    let mut whose: HashMap<LeadId, LeadId> = leads.iter().map(|lead| (*lead, *lead)).collect();
    for _ in 0..FOLLOWED {
        let into: Vec<_> = whose.keys().copied().collect();
        if into.is_empty() {
            break;
        }
        let merged = Entity::find().filter(any_of(conn.get_database_backend(), Column::MergedIntoId, &into));
        let mut next = HashMap::new();
        for lead in merged.order_by_asc(Column::Id).all(conn).await? {
            let Some(of) = lead.merged_into_id.and_then(|into| whose.get(&into)).copied() else { continue };
            next.insert(lead.id, of);
            found.entry(of).or_default().push(lead);
        }
        whose = next;
    }
    Ok(found)
}

/// The leads that went into another, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MergedFrom;

impl Nested for MergedFrom {
    type Parent = LeadId;
    type Of = Entity;
    const NAME: &'static str = "merged into";
    const PARENT: Column = Column::MergedIntoId;
    const ORDER: Column = Column::CreatedAt;
}
