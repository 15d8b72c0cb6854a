//! A run is over, and how it stands with its kind of record from then on.

use kernel::{Cx, Result, Tx, db::Emit, record};
use sea_orm::{IntoActiveModel, entity::prelude::*};

use crate::{
    domain::sync::events::{SyncCancelled, SyncCompleted, SyncFailed},
    store::sync::{
        run::{Entity as SyncRuns, Model as SyncRun, SyncOperation, SyncStatus},
        seen,
        state::{Column, Entity as SyncStates, Model as SyncState, SyncStateStatus},
    },
};

/// The longest sentence of an error that is kept.
const SENTENCE: usize = 500;

/// Ends a run and tells of it.
pub(super) async fn end(tx: &Tx, cx: &Cx, before: SyncRun, status: SyncStatus, why: Option<String>) -> Result<SyncRun> {
    let after = SyncRun {
        status,
        error_message: why.map(|why| why.chars().take(SENTENCE).collect()),
        waiting_until: None,
        completed_at: Some(cx.now),
        ..before.clone()
    };
    let after = record::change::<SyncRuns, _>(tx, cx, &before, after).await?;
    over(tx, cx, &after).await?;
    Ok(after)
}

/// The status of a run that read all its days.
pub(super) fn outcome(run: &SyncRun) -> SyncStatus {
    if run.failed_count == 0 && run.incomplete_days == 0 { SyncStatus::Success } else { SyncStatus::Partial }
}

/// What follows from the end of a run.
pub(super) async fn over(tx: &Tx, cx: &Cx, run: &SyncRun) -> Result<()> {
    seen::Entity::delete_many().filter(seen::Column::RunId.eq(run.id)).exec(tx.conn()).await?;
    let stands = if run.status == SyncStatus::Error { SyncStateStatus::Error } else { SyncStateStatus::Idle };
    stand(tx, cx, run, stands).await?;
    match run.status {
        SyncStatus::Error => tx.emit(cx, &SyncFailed::of(run)),
        SyncStatus::Cancelled => tx.emit(cx, &SyncCancelled::of(run)),
        _ => tx.emit(cx, &SyncCompleted::of(run)),
    }
    Ok(())
}

/// Notes how it stands with the kind of record of a run.
pub(super) async fn stand(tx: &Tx, cx: &Cx, run: &SyncRun, status: SyncStateStatus) -> Result<()> {
    let before = SyncStates::find().filter(Column::Entity.eq(run.entity)).one(tx.conn()).await?;
    let is_over = run.completed_at.is_some();
    let whole = run.status == SyncStatus::Success && run.operation != SyncOperation::Rebuild;
    let mut after = before.clone().unwrap_or_else(|| SyncState {
        id: cx.new_id(),
        entity: run.entity,
        last_success_at: None,
        last_synced_id: None,
        last_offset: None,
        status,
        total_records: 0,
        successful_records: 0,
        failed_records: 0,
        duration_ms: None,
        created_at: cx.now,
        updated_at: cx.now,
    });
    after.status = status;
    after.updated_at = cx.now;
    if is_over {
        after.total_records = run.record_count;
        after.successful_records = (run.record_count - run.failed_count).max(0);
        after.failed_records = run.failed_count;
        after.duration_ms = Some((cx.now - run.started_at).num_milliseconds());
        after.last_offset = Some(run.cursor_offset);
    }
    // A run of some days says nothing of those between it and the last one; an incremental one goes on where others stopped.
    let reaches =
        run.operation == SyncOperation::Incremental || after.last_success_at.is_none_or(|last| days_reach(run, last));
    if whole && reaches && (run.operation != SyncOperation::Manual || after.last_success_at.is_some()) {
        after.last_success_at = Some(after.last_success_at.map_or(run.started_at, |last| last.max(run.started_at)));
    }
    match before {
        None => {
            SyncStates::insert(after.into_active_model()).exec_without_returning(tx.conn()).await?;
        }
        Some(_) => {
            SyncStates::update(after.into_active_model().reset_all()).exec(tx.conn()).await?;
        }
    }
    Ok(())
}

/// Whether a run read all days since an instant, up to its own beginning.
fn days_reach(run: &SyncRun, last: chrono::DateTime<chrono::Utc>) -> bool {
    let zone: chrono_tz::Tz = run.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let day =
        |at: chrono::DateTime<chrono::Utc>| crate::domain::source::time::day(at.with_timezone(&zone).date_naive());
    run.from_day <= day(last) && run.to_day >= day(run.started_at)
}

/// Notes the last record that a run read.
pub(super) async fn last_record(tx: &Tx, run: &SyncRun, id: Option<String>) -> Result<()> {
    if let Some(id) = id {
        SyncStates::update_many()
            .col_expr(Column::LastSyncedId, Expr::value(Some(id)))
            .col_expr(Column::LastOffset, Expr::value(Some(run.cursor_offset)))
            .filter(Column::Entity.eq(run.entity))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
