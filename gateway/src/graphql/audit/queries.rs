//! Reading the audit trail.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use audit::AuditLogCriteria;
use kernel::{Error, ProblemCode, page::PageArgs};

use super::types::AuditLogConnection;
use crate::{
    filter_tree,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
        identity::Permission,
        paging::{List, Listed},
        scope::scope,
    },
};

/// Which audit rows. All parts given must hold; at most 4 levels and 40 comparisons.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AuditLogFilter {
    /// What happened.
    pub event_type: Option<StringComparator>,
    /// Who did it, `stf_…`.
    pub actor_id: Option<IdComparator>,
    /// What it was about: any prefixed id, or the UUID as `AuditLog.resourceId` shows it.
    pub resource_id: Option<ID>,
    /// Whether it succeeded.
    pub success: Option<bool>,
    /// When.
    pub at: Option<DateTimeComparator>,
    /// All of these.
    pub and: Option<Vec<AuditLogFilter>>,
    /// Any of these; an empty list is none.
    pub or: Option<Vec<AuditLogFilter>>,
    /// Not this.
    pub not: Option<Box<AuditLogFilter>>,
}

fn resource(id: &ID) -> kernel::Result<uuid::Uuid> {
    let hex = id.rsplit_once('_').map_or(id.as_str(), |(_, hex)| hex);
    uuid::Uuid::try_parse(hex)
        .map_err(|_| Error::invalid("filter.resourceId", ProblemCode::InvalidFormat, "is not an id"))
}

filter_tree!(AuditLogFilter, AuditLogCriteria, |level, _scope| AuditLogCriteria {
    kind: level.event_type.map(Into::into),
    actor_id: level.actor_id.map(|by| by.of_people("actorId")).transpose()?,
    resource_id: level.resource_id.as_ref().map(resource).transpose()?,
    success: level.success,
    at: level.at.map(|by| by.of("at")).transpose()?,
});

/// What audit rows can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AuditLogOrderField {
    /// By time.
    At,
}

/// An order of audit rows.
#[derive(Debug, Clone, InputObject)]
pub struct AuditLogOrder {
    /// By what.
    pub field: AuditLogOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

/// Reading the audit trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit trail, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewAuditLog))]
    async fn audit_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<AuditLogFilter>,
        #[graphql(desc = "In which order; ties are broken by id.")] order_by: Option<Vec<AuditLogOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AuditLogConnection> {
        let scope = scope(ctx);
        scope.cx().require(audit::VIEW_AUDIT_LOG)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let descending = order_by.unwrap_or_default().first().is_none_or(|by| by.direction == OrderDirection::Desc);
        let order = audit::AuditLogOrder { descending };
        let list = List::new(scope, &format!("audit {order:?}"), &PageArgs { first, after, last, before })?;
        let slice = audit::audit_logs(&list.conn().await?, &list.cx, &filter, order, &list.page).await?;
        let count = list.count(move |conn, cx| {
            let filter = filter.clone();
            async move { audit::count(&conn, &cx, &filter).await }
        });
        Ok(Listed::new(list, slice, audit::AuditLog::place, count).into())
    }
}
