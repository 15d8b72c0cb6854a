//! A batch is stopped, or goes on.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::EffectivenessBatchId,
    jobs::Enqueue,
    record::{self, Records},
};

use super::{run::RunEffectivenessBatch, start::BUDGET};
use crate::{
    domain::effectiveness::events::BatchChanged,
    policy::ANALYSE_CHATS,
    store::effectiveness::batch::{BatchState, Entity as EffectivenessBatches, Model as EffectivenessBatch},
};

/// Stops a batch: chats that are asked about at that moment are the last.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that is over.
pub async fn cancel_effectiveness_batch<S>(s: &S, cx: &Cx, id: EffectivenessBatchId) -> Result<EffectivenessBatch>
where
    S: Records<EffectivenessBatches> + Emit,
{
    cx.require(ANALYSE_CHATS)?;
    let before = s.lock(cx, id).await?;
    if before.state != BatchState::Running {
        return Err(Error::invalid("batchId", ProblemCode::NotAllowed, "is over"));
    }
    let mut after = before.clone();
    after.state = BatchState::Cancelled;
    after.waits_until = None;
    after.finished_at = Some(cx.now);
    let after = record::change::<EffectivenessBatches, _>(s, cx, &before, after).await?;
    s.emit(cx, &BatchChanged { batch: id, from: before.state, to: after.state, budget: after.budget_tokens });
    Ok(after)
}

/// Has a batch go on with the chats that are left, with another budget where one is given.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that goes on or has no chats left, and for a budget below what is spent.
pub async fn resume_effectiveness_batch<S>(
    s: &S,
    cx: &Cx,
    id: EffectivenessBatchId,
    budget: Option<i32>,
) -> Result<EffectivenessBatch>
where
    S: Records<EffectivenessBatches> + Enqueue + Emit,
{
    cx.require(ANALYSE_CHATS)?;
    let before = s.lock(cx, id).await?;
    let refused = |field: &str, why: String| Err(Error::invalid(field, ProblemCode::NotAllowed, why));
    if before.state == BatchState::Running {
        return refused("batchId", "goes on already".into());
    }
    if before.left() == 0 {
        return refused("batchId", "has no chats left".into());
    }
    let spent = before.spent_tokens.saturating_add(before.reserved_tokens);
    if budget.is_some_and(|budget| budget > BUDGET || i64::from(budget) < spent.max(1)) {
        return refused("budget", format!("must be from {} to {BUDGET} tokens", spent.max(1)));
    }
    let mut after = before.clone();
    after.state = BatchState::Running;
    after.budget_tokens = budget.map(i64::from).or(before.budget_tokens);
    after.failure = None;
    after.detail = None;
    after.finished_at = None;
    let after = record::change::<EffectivenessBatches, _>(s, cx, &before, after).await?;
    s.enqueue(cx, &RunEffectivenessBatch { batch: id }).await?;
    s.emit(cx, &BatchChanged { batch: id, from: before.state, to: after.state, budget: after.budget_tokens });
    Ok(after)
}
