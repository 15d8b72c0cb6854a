//! Visitors.

use kernel::{
    Cx, Result,
    id::VisitorId,
    record::{Field, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::{VIEW_VISITORS, visible_visitors},
    store::visitor::{Column, Entity, Model as Visitor},
};

impl Record for Entity {
    type Id = VisitorId;
    type Row = Visitor;
    const WHAT: &'static str = "Visitor";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_VISITORS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        visible_visitors(cx)
    }
}

/// By address.
pub const BY_EMAIL: Field<Column> = Field::new("email", &[Column::Email]);
/// By what brought them here.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By when they first came.
pub const BY_FIRST_VISIT_AT: Field<Column> = Field::new("firstVisitAt", &[Column::FirstVisitAt]);
/// By when they last came.
pub const BY_LAST_VISIT_AT: Field<Column> = Field::new("lastVisitAt", &[Column::LastVisitAt]);
