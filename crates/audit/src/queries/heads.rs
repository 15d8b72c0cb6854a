//! The ends of days as a list.

use kernel::{Conn, Cx, Result, id::AuditHeadId, record::Record};
use sea_orm::{Condition, DbBackend, EntityTrait, QueryOrder};

use crate::{
    policy::VIEW_AUDIT_LOG,
    store::head::{Column, Entity, Model},
};

/// The end of the trail of a day, signed.
pub type AuditHead = Model;

impl Record for Entity {
    type Id = AuditHeadId;
    type Row = Model;
    const WHAT: &'static str = "AuditHead";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_AUDIT_LOG)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_AUDIT_LOG).then(Condition::all)
    }
}

/// The newest head.
pub(crate) async fn newest_head(conn: &Conn) -> Result<Option<Model>> {
    Ok(Entity::find().order_by_desc(Column::Day).one(conn).await?)
}
