//! A run is stopped for a while, let go on, or ended.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::RetentionRunId,
    jobs::Enqueue,
    record::{self, Records},
};

use super::request::RunRetention;
use crate::{
    domain::retention::events::{RetentionCancelled, RetentionPaused, RetentionResumed},
    policy::MANAGE_RETENTION,
    store::retention::run::{Entity as Runs, Model as Run, RetentionStatus as Status},
};

async fn change<S: Records<Runs>>(
    s: &S,
    cx: &Cx,
    id: RetentionRunId,
    from: &[Status],
    why: &str,
    to: impl FnOnce(&Run) -> Run,
) -> Result<Run> {
    let before = s.lock(cx, id).await?;
    if !from.contains(&before.status) {
        return Err(Error::invalid("runId", ProblemCode::NotAllowed, why));
    }
    let after = to(&before);
    record::change::<Runs, _>(s, cx, &before, after).await
}

/// Stops a run for a while; what it has done is done.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::NotFound`]; [`Error::Invalid`] for one that is not under way.
pub async fn pause_retention<S: Records<Runs> + Emit>(s: &S, cx: &Cx, id: RetentionRunId) -> Result<Run> {
    cx.require(MANAGE_RETENTION)?;
    let from = [Status::Pending, Status::Running];
    let paused = |run: &Run| Run { status: Status::Paused, ..run.clone() };
    let run = change(s, cx, id, &from, "the run is not under way", paused).await?;
    s.emit(cx, &RetentionPaused { run: id });
    Ok(run)
}

/// Lets a run go on that was stopped, or that broke off.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::NotFound`]; [`Error::Invalid`] for one that neither was.
pub async fn resume_retention<S: Records<Runs> + Emit + Enqueue>(s: &S, cx: &Cx, id: RetentionRunId) -> Result<Run> {
    cx.require(MANAGE_RETENTION)?;
    let from = [Status::Paused, Status::Failed];
    let resumed = |run: &Run| Run { status: Status::Pending, finished_at: None, ..run.clone() };
    let run = change(s, cx, id, &from, "the run neither was stopped nor broke off", resumed).await?;
    s.enqueue(cx, &RunRetention { run: id }).await?;
    s.emit(cx, &RetentionResumed { run: id });
    Ok(run)
}

/// Ends a run before it is done; what it has done is done.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::NotFound`]; [`Error::Invalid`] for one that is over.
pub async fn cancel_retention<S: Records<Runs> + Emit>(s: &S, cx: &Cx, id: RetentionRunId) -> Result<Run> {
    cx.require(MANAGE_RETENTION)?;
    let from = [Status::Pending, Status::Running, Status::Paused, Status::Failed];
    let cancelled = |run: &Run| Run { status: Status::Cancelled, finished_at: Some(cx.now), ..run.clone() };
    let run = change(s, cx, id, &from, "the run is over", cancelled).await?;
    s.emit(cx, &RetentionCancelled { run: id });
    Ok(run)
}
