//! Single errors as a list.

use kernel::{
    Cx, Result,
    id::ErrorLogId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::VIEW_ERROR_LOG,
    store::errors::log::{Column, Entity, Model as ErrorLog},
};

impl Record for Entity {
    type Id = ErrorLogId;
    type Row = ErrorLog;
    const WHAT: &'static str = "ErrorLog";
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
/// By where they happened.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By their code.
pub const BY_CODE: Field<Column> = Field::new("code", &[Column::Code]);
/// By whose request it was.
pub const BY_USER: Field<Column> = Field::new("userId", &[Column::UserId]);
/// By the request.
pub const BY_REQUEST: Field<Column> = Field::new("requestId", &[Column::RequestId]);
/// By what links requests to one another.
pub const BY_CORRELATION: Field<Column> = Field::new("correlationId", &[Column::CorrelationId]);
/// By their group.
pub const BY_GROUP: Field<Column> = Field::new("groupId", &[Column::GroupId]);
/// By time.
pub const BY_AT: Field<Column> = Field::new("at", &[Column::At]);
