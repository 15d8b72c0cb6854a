//! The filters and the orders of runs and of stored answers.

use analytics_sync::{
    api_response_logs,
    records::{ApiResponseLogs, SyncRuns},
    sync_runs,
};
use kernel::id::SyncRunId;

use super::types::{SyncEntity, SyncOperation, SyncStatus};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with what is synchronised.
    SyncEntityComparator of SyncEntity as analytics_sync::SyncEntity
);

comparator!(
    /// Comparisons with which days a run reads.
    SyncOperationComparator of SyncOperation as analytics_sync::SyncOperation
);

comparator!(
    /// Comparisons with how a run stands.
    SyncStatusComparator of SyncStatus as analytics_sync::SyncStatus
);

filter! {
    /// Which runs. All parts given must hold.
    SyncRunFilter of SyncRuns {
        /// What is synchronised.
        entity: SyncEntityComparator,
        /// Which days they read.
        operation: SyncOperationComparator,
        /// How they stand.
        status: SyncStatusComparator,
        /// When they were begun.
        started_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<analytics_sync::SyncEntity>(sync_runs::BY_ENTITY, level.entity)?;
        leaves.value::<analytics_sync::SyncOperation>(sync_runs::BY_OPERATION, level.operation)?;
        leaves.value::<analytics_sync::SyncStatus>(sync_runs::BY_STATUS, level.status)?;
        leaves.time(sync_runs::BY_STARTED_AT, level.started_at)?;
    }
}

order! {
    "runs of the synchronisation": SyncRunOrder, SyncRunOrderField of SyncRuns, descending {
        /// By when they were begun.
        StartedAt,
    }
}

filter! {
    /// Which stored answers. All parts given must hold.
    ApiResponseLogFilter of ApiResponseLogs {
        /// Of which runs.
        sync_run_id: IdComparator,
        /// When they were kept.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.id::<SyncRunId>(api_response_logs::BY_RUN, level.sync_run_id)?;
        leaves.time(api_response_logs::BY_CREATED_AT, level.created_at)?;
    }
}
