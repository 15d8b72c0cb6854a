//! How fast a run is, and when it will be over.

use crate::store::sync::run::{Model as SyncRun, SyncStatus};

/// Records in a second, over the time that its pages took; none before the first.
pub fn rate(run: &SyncRun) -> Option<f64> {
    (run.worked_ms > 0).then(|| f64::from(run.record_count) * 1000.0 / run.worked_ms as f64)
}

/// How many seconds the days take that are left, by those that are done; none where none is, or where it does not go on.
pub fn remaining_seconds(run: &SyncRun) -> Option<i32> {
    if run.status != SyncStatus::InProgress || run.days_done == 0 || run.worked_ms == 0 {
        return None;
    }
    let left = i64::from(run.day_count - run.days_done);
    i32::try_from(run.worked_ms.saturating_mul(left) / i64::from(run.days_done) / 1000).ok()
}
