//! Leads as those see them who may.

use kernel::{
    Cx, Error, ProblemCode, Result,
    id::LeadId,
    record::{Field, Nested, Record},
    text::email,
};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::{
    policy::{VIEW_LEADS, visible_leads},
    store::leads::lead::{Column, Entity, Model as Lead},
};

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
