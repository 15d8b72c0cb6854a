//! A run is paused, resumed and cancelled.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::SyncRunId,
    jobs::Enqueue,
    record::{self, Records},
};

use super::{RunSync, finish};
use crate::{
    domain::sync::events::{SyncPaused, SyncResumed},
    policy::MANAGE_SYNC,
    store::sync::{
        run::{Entity as SyncRuns, Model as SyncRun, SyncStatus},
        state::SyncStateStatus,
    },
};

fn not(what: &str) -> Error {
    Error::invalid("syncRunId", ProblemCode::NotAllowed, what)
}

/// Pauses a run: what was read stays, and it goes on at the same page.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `syncRunId` for one that is not under way.
pub async fn pause_sync(tx: &Tx, cx: &Cx, id: SyncRunId) -> Result<SyncRun> {
    cx.require(MANAGE_SYNC)?;
    let before: SyncRun = Records::<SyncRuns>::lock(tx, cx, id).await?;
    match before.status {
        SyncStatus::Paused => return Ok(before),
        SyncStatus::InProgress => {}
        _ => return Err(not("is not under way")),
    }
    let after = SyncRun { status: SyncStatus::Paused, ..before.clone() };
    let after = record::change::<SyncRuns, _>(tx, cx, &before, after).await?;
    finish::stand(tx, cx, &after, SyncStateStatus::Paused).await?;
    tx.emit(cx, &SyncPaused::of(&after));
    Ok(after)
}

/// Resumes a run at the page that it was paused at.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `syncRunId` for one that is not paused.
pub async fn resume_sync(tx: &Tx, cx: &Cx, id: SyncRunId) -> Result<SyncRun> {
    cx.require(MANAGE_SYNC)?;
    let before: SyncRun = Records::<SyncRuns>::lock(tx, cx, id).await?;
    match before.status {
        SyncStatus::InProgress => return Ok(before),
        SyncStatus::Paused => {}
        _ => return Err(not("is not paused")),
    }
    let after = SyncRun {
        status: SyncStatus::InProgress,
        attempts: 0,
        odd_attempts: 0,
        limited_attempts: 0,
        waiting_until: None,
        error_message: None,
        ..before.clone()
    };
    let after = record::change::<SyncRuns, _>(tx, cx, &before, after).await?;
    finish::stand(tx, cx, &after, SyncStateStatus::Running).await?;
    tx.enqueue(cx, &RunSync { run: id }).await?;
    tx.emit(cx, &SyncResumed::of(&after));
    Ok(after)
}

/// Cancels a run: what was read stays.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `syncRunId` for one that is over.
pub async fn cancel_sync(tx: &Tx, cx: &Cx, id: SyncRunId) -> Result<SyncRun> {
    cx.require(MANAGE_SYNC)?;
    let before: SyncRun = Records::<SyncRuns>::lock(tx, cx, id).await?;
    match before.status {
        SyncStatus::Cancelled => Ok(before),
        SyncStatus::InProgress | SyncStatus::Paused => finish::end(tx, cx, before, SyncStatus::Cancelled, None).await,
        _ => Err(not("is over")),
    }
}
