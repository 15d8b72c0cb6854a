//! Reading the audit trail.

use async_graphql::{Context, ID, Object};
use audit::{
    entities::{head, log::Column},
    list,
    records::{AuditHeads, AuditLogs},
};
use kernel::{
    Error, ProblemCode,
    events::{Action, Severity},
    filter::ValueComparator,
    id::{ApiKeyId, SessionId},
    page::PageArgs,
    record::{Filter, Record},
};

use super::types::{AuditAction, AuditActorKind, AuditHeadConnection, AuditLogConnection, AuditSeverity};
use crate::{
    comparator, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
        identity::Permission,
        records::{self, always, list_where, ordered},
        scope::scope,
    },
    order,
};

comparator!(
    /// Comparisons with a severity.
    AuditSeverityComparator of AuditSeverity as Severity
);
comparator!(
    /// Comparisons with an action.
    AuditActionComparator of AuditAction as Action
);

comparator!(
    /// Comparisons with a kind of actor.
    AuditActorKindComparator of AuditActorKind as String
);

fn resource(id: ID) -> kernel::Result<ValueComparator<uuid::Uuid>> {
    let hex = id.rsplit_once('_').map_or(id.as_str(), |(_, hex)| hex);
    let id = uuid::Uuid::try_parse(hex)
        .map_err(|_| Error::invalid("filter.resourceId", ProblemCode::InvalidFormat, "is not an id"))?;
    Ok(ValueComparator { eq: Some(id), ne: None, is_in: None })
}

filter! {
    /// Which audit rows. All parts given must hold; at most 4 levels and 40 comparisons.
    AuditLogFilter of AuditLogs {
        /// What happened: the event's name, or what other products call it: `auth.login`, `auth.logout`, `auth.failed_login`,
        /// `data.create`, `data.update`, `data.delete`, `data.read`, `data.search`, `data.export`, `settings.update`,
        /// `permission.denied`, `unauthorized.access`.
        event_type: StringComparator,
        /// What was done to the thing. Rows from before this was kept are found by their event's name only.
        action: AuditActionComparator,
        /// How serious.
        severity: AuditSeverityComparator,
        /// Who did it, `stf_…`.
        actor_id: IdComparator,
        /// What kind of actor it was.
        actor_kind: AuditActorKindComparator,
        /// The address that the actor had.
        actor_email: StringComparator,
        /// The session they acted in, `ses_…`.
        session_id: IdComparator,
        /// The API key that acted for them, `key_…`.
        api_key_id: IdComparator,
        /// Where the request came from.
        address: StringComparator,
        /// The request.
        request_id: StringComparator,
        /// What links requests to one another.
        correlation_id: StringComparator,
        /// The kind of thing it was about, such as `Message`.
        resource_type: StringComparator,
        /// What it was about: any prefixed id, or the UUID as `AuditLog.resourceId` shows it.
        resource_id: ID,
        /// Whether it succeeded.
        success: bool,
        /// The error code of what did not.
        failure_code: StringComparator,
        /// When.
        at: DateTimeComparator,
    }
    |level, leaves| {
        let marks = leaves.scope.marks();
        leaves.value_by::<String>("eventType", level.event_type, |name| list::named(name))?;
        leaves.value::<Action>(list::BY_ACTION, level.action)?;
        leaves.value_by::<Severity>("severity", level.severity, list::serious)?;
        leaves.id_of(list::BY_ACTOR, level.actor_id.map(|by| by.of_people("actorId")).transpose()?)?;
        let emails = level.actor_email.map(StringComparator::of_emails);
        leaves.value_by::<String>("actorEmail", emails, |email| list::by_email(marks, email))?;
        leaves.value::<String>(list::BY_ACTOR_KIND, level.actor_kind)?;
        leaves.id::<SessionId>(list::BY_SESSION, level.session_id)?;
        leaves.id::<ApiKeyId>(list::BY_API_KEY, level.api_key_id)?;
        leaves.value_by::<String>("address", level.address, |address| list::from_address(marks, address))?;
        leaves.value::<String>(list::BY_REQUEST, level.request_id)?;
        leaves.value_by::<String>("correlationId", level.correlation_id, |id| list::correlated(id))?;
        leaves.value::<String>(list::BY_RESOURCE_TYPE, level.resource_type)?;
        leaves.value::<uuid::Uuid>(list::BY_RESOURCE, level.resource_id.map(resource).transpose()?)?;
        leaves.is(list::BY_SUCCESS, level.success);
        leaves.value::<String>(list::BY_FAILURE, level.failure_code)?;
        leaves.time(list::BY_AT, level.at)?;
    }
}

order! {
    "audit rows": AuditLogOrder, AuditLogOrderField of AuditLogs, descending {
        /// By time.
        At,
    }
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
        scope.find_marks().await?;
        let page = PageArgs { first, after, last, before };
        let mut listed = records::list(ctx, "audit rows", filter, ordered(order_by, (Column::At, true)), page).await?;
        let shown = list::shown(&scope.app.db, &scope.cx(), std::mem::take(&mut listed.rows)).await?;
        Ok(listed.with(shown).into())
    }

    /// The ends of days of the audit trail, signed, the newest first.
    #[graphql(directive = requires::apply(Permission::ViewAuditLog))]
    async fn audit_heads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AuditHeadConnection> {
        AuditHeads::may_list(&scope(ctx).cx())?;
        let page = PageArgs { first, after, last, before };
        let order = always::<AuditHeads>(head::Column::Day, true)?;
        Ok(list_where::<AuditHeads>(ctx, "audit heads", Filter::default(), order, page).await?.into())
    }
}
