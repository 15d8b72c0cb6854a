//! The audit trail as a list.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, IdComparator, TimeComparator, ValueComparator},
    id::{EventId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
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
}

impl AuditLog {
    /// The row's place in the list's order.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.row.at.into()], id: self.row.id.0 }
    }
}

/// What the trail can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct AuditLogCriteria {
    /// By the event's name.
    pub kind: Option<ValueComparator<String>>,
    /// By who did it.
    pub actor_id: Option<IdComparator<UserId>>,
    /// By the thing it was about.
    pub resource_id: Option<uuid::Uuid>,
    /// By success.
    pub success: Option<bool>,
    /// By time.
    pub at: Option<TimeComparator>,
}

impl Criteria for AuditLogCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        use sea_orm::ColumnTrait;
        let mut all = Vec::new();
        if let Some(kind) = &self.kind {
            all.extend(kind.conditions("eventType", log::Column::Kind)?);
        }
        if let Some(actor) = &self.actor_id {
            all.extend(actor.conditions(backend, "actorId", log::Column::ActorId)?);
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
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<AuditLogCriteria>,
    order: AuditLogOrder,
    page: &Page,
) -> Result<Slice<AuditLog>> {
    cx.require(VIEW_AUDIT_LOG)?;
    let order = Order { columns: vec![(log::Column::At, order.descending)], id: log::Column::Id };
    let select = log::Entity::find().filter(filter.condition(conn.get_database_backend())?);
    let rows = order.apply(select, page).all(conn).await?;
    let slice = page.slice(rows);
    let mut links = links(conn, &slice.rows).await?;
    Ok(slice.map(|row| AuditLog { link: links.remove(&row.id), row }))
}

/// One audit row; `None` where it is not there or may not be seen.
pub async fn by_id(conn: &Conn, cx: &Cx, id: EventId) -> Result<Option<AuditLog>> {
    if !cx.can(VIEW_AUDIT_LOG) {
        return Ok(None);
    }
    let Some(row) = log::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    let link = links(conn, std::slice::from_ref(&row)).await?.remove(&row.id);
    Ok(Some(AuditLog { row, link }))
}

/// How many rows the filter leaves.
pub async fn count(conn: &Conn, cx: &Cx, filter: &Filter<AuditLogCriteria>) -> Result<u64> {
    cx.require(VIEW_AUDIT_LOG)?;
    Ok(log::Entity::find().filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
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
