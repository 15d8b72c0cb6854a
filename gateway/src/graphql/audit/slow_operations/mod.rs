//! Operations that took long, in the schema.

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use audit::{entities::slow_operation::Column, records::SlowOperations, slow_operations};
use chrono::{DateTime, Utc};
use kernel::{id::UserId, page::PageArgs};

use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
        identity::{IntoId, Permission, User, user},
        records::{list, ordered},
    },
    order,
};

/// An operation that took long: as long as the setting `observability.slow_operation_ms` says, or longer. Kept for 30 days.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct SlowOperation {
    /// Its id, `slo_…`.
    pub id: ID,
    /// When it was over, answered or given up.
    pub at: DateTime<Utc>,
    /// SHA-256 of its document, in hexadecimal, as persisted documents are named.
    pub document_hash: String,
    /// Its name.
    pub operation: Option<String>,
    /// Its cost, as `extensions.cost.requested`.
    pub cost: f64,
    /// How many SQL statements it took.
    pub statements: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// The request's id, as in `X-Request-Id`.
    pub request_id: String,
    /// What links it to all else that came of the same beginning.
    pub correlation_id: String,
    #[graphql(skip)]
    user_id: Option<UserId>,
}

impl From<audit::SlowOperation> for SlowOperation {
    fn from(slow: audit::SlowOperation) -> Self {
        Self {
            id: slow.id.into_id(),
            at: slow.at,
            document_hash: slow.document_hash,
            operation: slow.operation,
            cost: crate::graphql::identity::tenants::usage::bytes(slow.cost.unsigned_abs()),
            statements: slow.statements,
            duration_ms: slow.duration_ms,
            correlation_id: slow.correlation_id.unwrap_or_else(|| slow.request_id.clone()),
            request_id: slow.request_id,
            user_id: slow.user_id,
        }
    }
}

#[ComplexObject]
impl SlowOperation {
    /// Whose request it was; null without the permission to see them, and once they are gone.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.user_id)).await
    }
}

connection!(
    SlowOperationConnection,
    SlowOperationEdge,
    SlowOperation,
    audit::SlowOperation,
    "operations that took long"
);

filter! {
    /// Which operations that took long. All parts given must hold; at most 4 levels and 40 comparisons.
    SlowOperationFilter of SlowOperations {
        /// Their name.
        operation: StringComparator,
        /// Their document.
        document_hash: StringComparator,
        /// Whose request it was, `stf_…` or `cli_…`.
        user_id: IdComparator,
        /// The request.
        request_id: StringComparator,
        /// So many milliseconds or more.
        duration_ms_from: i32,
        /// When they were over.
        at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<String>(slow_operations::BY_OPERATION, level.operation)?;
        leaves.value::<String>(slow_operations::BY_DOCUMENT_HASH, level.document_hash)?;
        leaves.id_of(slow_operations::BY_USER, level.user_id.map(|by| by.of_people("userId")).transpose()?)?;
        leaves.value::<String>(slow_operations::BY_REQUEST, level.request_id)?;
        leaves.also(level.duration_ms_from.map(slow_operations::at_least));
        leaves.time(slow_operations::BY_AT, level.at)?;
    }
}

order! {
    "operations that took long": SlowOperationOrder, SlowOperationOrderField of SlowOperations, descending {
        /// By when they were over.
        At,
        /// By how long they took.
        DurationMs,
    }
}

/// Reading operations that took long.
#[derive(Default)]
pub struct SlowOperationQuery;

#[Object]
impl SlowOperationQuery {
    /// Operations that took long, the newest first unless ordered otherwise. Of one document each process keeps 20 an hour, of all 600.
    #[graphql(directive = requires::apply(Permission::ViewErrorLog))]
    async fn slow_operations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SlowOperationFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<SlowOperationOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SlowOperationConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::At, true));
        Ok(list(ctx, "slowOperations", filter, order, page).await?.into())
    }
}
