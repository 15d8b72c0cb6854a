//! Operations that took long, as a list.

use kernel::{
    Cx, Result,
    id::SlowOperationId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::VIEW_ERROR_LOG,
    store::slow_operations::{Column, Entity, Model as SlowOperation},
};

impl Record for Entity {
    type Id = SlowOperationId;
    type Row = SlowOperation;
    const WHAT: &'static str = "SlowOperation";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ERROR_LOG)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ERROR_LOG).then(Condition::all)
    }
}

/// By their name.
pub const BY_OPERATION: Field<Column> = Field::new("operation", &[Column::Operation]);
/// By their document.
pub const BY_DOCUMENT_HASH: Field<Column> = Field::new("documentHash", &[Column::DocumentHash]);
/// By whose request it was.
pub const BY_USER: Field<Column> = Field::new("userId", &[Column::UserId]);
/// By the request.
pub const BY_REQUEST: Field<Column> = Field::new("requestId", &[Column::RequestId]);
/// By when they were over.
pub const BY_AT: Field<Column> = Field::new("at", &[Column::At]);

/// Those that took so many milliseconds or longer.
pub fn at_least(milliseconds: i32) -> Condition {
    use sea_orm::ColumnTrait;
    Condition::all().add(Column::DurationMs.gte(milliseconds))
}
