//! Groups of errors as a list.

use kernel::{
    Cx, Result,
    id::ErrorGroupId,
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::VIEW_ERROR_LOG,
    store::errors::{
        group::{Column, Entity, Model as ErrorGroup},
        log,
    },
};

impl Record for Entity {
    type Id = ErrorGroupId;
    type Row = ErrorGroup;
    const WHAT: &'static str = "ErrorGroup";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ERROR_LOG)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ERROR_LOG).then(Condition::all)
    }
}

/// By how serious they are.
pub const BY_LEVEL: Field<Column> = Field::new("level", &[Column::Level]);
/// By where they happen.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By their code.
pub const BY_CODE: Field<Column> = Field::new("code", &[Column::Code]);
/// By how they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By what is the same of them.
pub const BY_FINGERPRINT: Field<Column> = Field::new("fingerprint", &[Column::Fingerprint]);
/// By when the first was.
pub const BY_FIRST_SEEN_AT: Field<Column> = Field::new("firstSeenAt", &[Column::FirstSeenAt]);
/// By when the newest was.
pub const BY_LAST_SEEN_AT: Field<Column> = Field::new("lastSeenAt", &[Column::LastSeenAt]);

/// The errors of a group that are kept, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Occurrences;

impl Nested for Occurrences {
    type Parent = ErrorGroupId;
    type Of = log::Entity;
    const NAME: &'static str = "occurrences";
    const PARENT: log::Column = log::Column::GroupId;
    const ORDER: log::Column = log::Column::At;
    const DESCENDING: bool = true;
}
