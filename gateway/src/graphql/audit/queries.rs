//! Reading the audit trail.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use audit::AuditLogCriteria;
use kernel::{
    Error, ProblemCode,
    events::{Action, Severity},
    filter::ValueComparator,
    page::PageArgs,
};

use super::types::{AuditAction, AuditLogConnection, AuditSeverity};
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

/// Comparisons with a severity.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AuditSeverityComparator {
    /// Equals.
    pub eq: Option<AuditSeverity>,
    /// Differs.
    pub ne: Option<AuditSeverity>,
    /// Is one of.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<AuditSeverity>>,
}

impl From<AuditSeverityComparator> for ValueComparator<Severity> {
    fn from(by: AuditSeverityComparator) -> Self {
        Self {
            eq: by.eq.map(Into::into),
            ne: by.ne.map(Into::into),
            is_in: by.is_in.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

/// Comparisons with an action.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AuditActionComparator {
    /// Equals.
    pub eq: Option<AuditAction>,
    /// Differs.
    pub ne: Option<AuditAction>,
    /// Is one of.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<AuditAction>>,
}

impl From<AuditActionComparator> for ValueComparator<Action> {
    fn from(by: AuditActionComparator) -> Self {
        Self {
            eq: by.eq.map(Into::into),
            ne: by.ne.map(Into::into),
            is_in: by.is_in.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

/// Addresses in the form in which they are kept.
fn addresses(by: StringComparator) -> ValueComparator<String> {
    let kept = |text: String| kernel::text::email(&text).unwrap_or(text);
    let by = ValueComparator::from(by);
    ValueComparator {
        eq: by.eq.map(kept),
        ne: by.ne.map(kept),
        is_in: by.is_in.map(|all| all.into_iter().map(kept).collect()),
    }
}

/// Which audit rows. All parts given must hold; at most 4 levels and 40 comparisons.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AuditLogFilter {
    /// What happened: the event's name, or what other products call it: `auth.login`, `auth.logout`, `auth.failed_login`,
    /// `data.create`, `data.update`, `data.delete`, `data.read`, `data.search`, `data.export`, `settings.update`,
    /// `permission.denied`, `unauthorized.access`.
    pub event_type: Option<StringComparator>,
    /// What was done to the thing. Rows from before this was kept are found by their event's name only.
    pub action: Option<AuditActionComparator>,
    /// How serious.
    pub severity: Option<AuditSeverityComparator>,
    /// Who did it, `stf_…`.
    pub actor_id: Option<IdComparator>,
    /// The address that the actor had.
    pub actor_email: Option<StringComparator>,
    /// The session they acted in, `ses_…`.
    pub session_id: Option<IdComparator>,
    /// Where the request came from.
    pub address: Option<StringComparator>,
    /// The request.
    pub request_id: Option<StringComparator>,
    /// What links requests to one another.
    pub correlation_id: Option<StringComparator>,
    /// The kind of thing it was about, such as `Message`.
    pub resource_type: Option<StringComparator>,
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
    action: level.action.map(Into::into),
    severity: level.severity.map(Into::into),
    actor_id: level.actor_id.map(|by| by.of_people("actorId")).transpose()?,
    actor_email: level.actor_email.map(addresses),
    session_id: level.session_id.map(|by| by.of("sessionId")).transpose()?,
    address: level.address.map(Into::into),
    request_id: level.request_id.map(Into::into),
    correlation_id: level.correlation_id.map(Into::into),
    resource_kind: level.resource_type.map(Into::into),
    resource_id: level.resource_id.as_ref().map(resource).transpose()?,
    success: level.success,
    at: level.at.map(|by| by.of("at")).transpose()?,
    marks: None,
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
        let slice = audit::audit_logs(&scope.app.db, &list.cx, &filter, order, &list.page).await?;
        let app = scope.app.clone();
        let count = list.count(move |_, cx| {
            let (app, filter) = (app.clone(), filter.clone());
            async move { audit::count(&app.db, &cx, &filter).await }
        });
        Ok(Listed::new(list, slice, audit::AuditLog::place, count).into())
    }
}
