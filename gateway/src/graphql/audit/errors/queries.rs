//! Reading the log of errors.

use async_graphql::{Context, ID, Object};
use audit::{
    entities::{error_group, error_log},
    error_groups, error_logs,
    records::{ErrorGroups, ErrorLogs},
};
use kernel::{id::ErrorGroupId, page::PageArgs};

use super::types::{ErrorGroup, ErrorGroupConnection, ErrorGroupStatus, ErrorLevel, ErrorLogConnection, ErrorSource};
use crate::{
    comparator, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator, OrderDirection, StringComparator},
        identity::Permission,
        records::{list, one, ordered},
    },
    order,
};

comparator!(
    /// Comparisons with how serious an error is.
    ErrorLevelComparator of ErrorLevel as audit::ErrorLevel
);
comparator!(
    /// Comparisons with where an error happened.
    ErrorSourceComparator of ErrorSource as audit::ErrorSource
);
comparator!(
    /// Comparisons with how a group of errors stands.
    ErrorGroupStatusComparator of ErrorGroupStatus as audit::ErrorGroupStatus
);

filter! {
    /// Which groups of errors. All parts given must hold; at most 4 levels and 40 comparisons.
    ErrorGroupFilter of ErrorGroups {
        /// How serious.
        level: ErrorLevelComparator,
        /// Where.
        source: ErrorSourceComparator,
        /// Their error code.
        code: StringComparator,
        /// How they stand.
        status: ErrorGroupStatusComparator,
        /// What is the same of them.
        fingerprint: StringComparator,
        /// When the first was.
        first_seen_at: DateTimeComparator,
        /// When the newest was.
        last_seen_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<audit::ErrorLevel>(error_groups::BY_LEVEL, level.level)?;
        leaves.value::<audit::ErrorSource>(error_groups::BY_SOURCE, level.source)?;
        leaves.value::<String>(error_groups::BY_CODE, level.code)?;
        leaves.value::<audit::ErrorGroupStatus>(error_groups::BY_STATUS, level.status)?;
        leaves.value::<String>(error_groups::BY_FINGERPRINT, level.fingerprint)?;
        leaves.time(error_groups::BY_FIRST_SEEN_AT, level.first_seen_at)?;
        leaves.time(error_groups::BY_LAST_SEEN_AT, level.last_seen_at)?;
    }
}

order! {
    "groups of errors": ErrorGroupOrder, ErrorGroupOrderField of ErrorGroups, descending {
        /// By when the newest was.
        LastSeenAt,
        /// By when the first was.
        FirstSeenAt,
        /// By how many there were.
        Count,
    }
}

filter! {
    /// Which errors. All parts given must hold; at most 4 levels and 40 comparisons.
    ErrorLogFilter of ErrorLogs {
        /// How serious.
        level: ErrorLevelComparator,
        /// Where.
        source: ErrorSourceComparator,
        /// Their error code.
        code: StringComparator,
        /// Whose request it was, `stf_…` or `cli_…`.
        user_id: IdComparator,
        /// The request.
        request_id: StringComparator,
        /// What links requests to one another.
        correlation_id: StringComparator,
        /// Of which kind, `erg_…`.
        group_id: IdComparator,
        /// When.
        at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<audit::ErrorLevel>(error_logs::BY_LEVEL, level.level)?;
        leaves.value::<audit::ErrorSource>(error_logs::BY_SOURCE, level.source)?;
        leaves.value::<String>(error_logs::BY_CODE, level.code)?;
        leaves.id_of(error_logs::BY_USER, level.user_id.map(|by| by.of_people("userId")).transpose()?)?;
        leaves.value::<String>(error_logs::BY_REQUEST, level.request_id)?;
        leaves.value::<String>(error_logs::BY_CORRELATION, level.correlation_id)?;
        leaves.id::<ErrorGroupId>(error_logs::BY_GROUP, level.group_id)?;
        leaves.time(error_logs::BY_AT, level.at)?;
    }
}

order! {
    "errors": ErrorLogOrder, ErrorLogOrderField of ErrorLogs, descending {
        /// By time.
        At,
    }
}

/// Reading the log of errors.
#[derive(Default)]
pub struct ErrorQuery;

#[Object]
impl ErrorQuery {
    /// Errors of one kind; null where there are none of that id.
    #[graphql(directive = requires::apply(Permission::ViewErrorLog))]
    async fn error_group(
        &self, ctx: &Context<'_>, #[graphql(desc = "`erg_…`")] id: ID
    ) -> Result<Option<ErrorGroup>> {
        one::<ErrorGroups, _>(ctx, &id).await
    }

    /// What went wrong, by kinds: the one that happened last first, unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewErrorLog))]
    async fn error_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ErrorGroupFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ErrorGroupOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ErrorGroupConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (error_group::Column::LastSeenAt, true));
        Ok(list(ctx, "errorGroups", filter, order, page).await?.into())
    }

    /// What went wrong, one by one, newest first unless ordered otherwise. Of one kind 20 an hour are kept, for 90 days; the rest is
    /// counted in its group.
    #[graphql(directive = requires::apply(Permission::ViewErrorLog))]
    async fn error_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ErrorLogFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ErrorLogOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ErrorLogConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (error_log::Column::At, true));
        Ok(list(ctx, "errorLogs", filter, order, page).await?.into())
    }
}
