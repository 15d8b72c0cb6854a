//! An erasure is confirmed, taken back, or a task of it is done.

use chrono::TimeDelta;
use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::ErasureId,
    jobs::{Enqueue, Work},
    record::{self, Records},
};
use serde::{Deserialize, Serialize};

use super::plan::ErasureHouse;
use crate::{
    domain::{
        erasures::{
            Lines, Whose,
            events::{ErasureCancelled, ErasureConfirmed, ErasureTaskDone},
        },
        persons::{Someone, Start},
    },
    policy::MANAGE_PERSONAL_DATA,
    store::erasures::erasure::{Entity as Erasures, ErasureStatus, Model as Erasure},
};

/// The job: erase what this erasure names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Erase {
    /// It.
    pub erasure: ErasureId,
}

impl Work for Erase {
    const KIND: &'static str = "audit.erase";
}

/// What the company has set.
#[derive(Debug, Clone, Copy)]
pub struct ErasureRules {
    /// Whether somebody else than who planned it has to confirm it.
    pub needs_second: bool,
    /// How many days lie between the confirmation and the erasure.
    pub after_days: i64,
}

fn refused(why: &str) -> Error {
    Error::invalid("erasureId", ProblemCode::NotAllowed, why)
}

/// Where the search began, as far as that is known from the row.
fn start(row: &Erasure, whose: &Whose) -> Option<Start> {
    match &row.subject {
        Some(subject) => Start::read(subject),
        None => whose.emails.iter().next().cloned().map(Start::Email),
    }
}

/// Confirms an erasure: it is begun at once, or after the days that are set. One that failed goes on.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] where another has to confirm it, where what would be erased is not
/// what was planned, and for who must not be erased.
pub async fn confirm_erasure(
    house: ErasureHouse<'_>,
    tx: &Tx,
    cx: &Cx,
    rules: ErasureRules,
    id: ErasureId,
) -> Result<Erasure> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    let before = Records::<Erasures>::lock(tx, cx, id).await?;
    if !matches!(before.status, ErasureStatus::Planned | ErasureStatus::Failed) {
        let why = match before.status {
            ErasureStatus::Expired => "expired, since nobody confirmed it in time: plan it again",
            _ => "was confirmed already, or is over",
        };
        return Err(refused(why));
    }
    let actor = cx.person()?.id;
    if rules.needs_second && before.planned_by_id == Some(actor) {
        return Err(refused("must be confirmed by somebody else than who planned it"));
    }
    let whose = before.whose.clone().unwrap_or_default();
    let mut after = before.clone();
    if before.status == ErasureStatus::Failed {
        // What is gone is gone: it goes on from there.
        house.may_go(tx, cx, "erasureId", &whose.someone(), before.scope).await?;
        after.due_at = Some(cx.now);
    } else {
        let start =
            start(&before, &whose).ok_or_else(|| refused("does not say any more of whom it is: plan it again"))?;
        let (found, plan): (Someone, _) = house.look(cx, &start, before.scope).await?;
        house.may_go(tx, cx, "erasureId", &found, before.scope).await?;
        if plan.digest() != before.digest {
            return Err(refused("is out of date: something of what would be erased changed since. Plan it again"));
        }
        after.whose = Some(Whose::of(&found));
        after.due_at = Some(cx.now + TimeDelta::days(rules.after_days));
    }
    after.status = ErasureStatus::Confirmed;
    after.confirmed_by_id = Some(actor);
    after.confirmed_at = Some(cx.now);
    after.error_message = None;
    let after = record::change::<Erasures, _>(tx, cx, &before, after).await?;
    tx.enqueue_at(cx, &Erase { erasure: id }, after.due_at.unwrap_or(cx.now)).await?;
    tx.emit(cx, &ErasureConfirmed { erasure: id });
    Ok(after)
}

/// Takes an erasure back that has not begun.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] for one that has begun or is over.
pub async fn cancel_erasure(tx: &Tx, cx: &Cx, id: ErasureId) -> Result<Erasure> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    let before = Records::<Erasures>::lock(tx, cx, id).await?;
    let has_begun = before.started_at.is_some();
    if has_begun || !matches!(before.status, ErasureStatus::Planned | ErasureStatus::Confirmed | ErasureStatus::Held) {
        return Err(refused("has begun, or is over"));
    }
    let after = Erasure {
        status: ErasureStatus::Cancelled,
        whose: None,
        kept: Lines::default(),
        cancelled_by_id: cx.person().ok().map(|actor| actor.id),
        completed_at: Some(cx.now),
        ..before.clone()
    };
    let after = record::change::<Erasures, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &ErasureCancelled { erasure: id });
    Ok(after)
}

/// Notes that something was done by hand; doing it twice is no error.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `task` for one that there is not.
pub async fn complete_erasure_task(tx: &Tx, cx: &Cx, id: ErasureId, task: i32) -> Result<Erasure> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    let before = Records::<Erasures>::lock(tx, cx, id).await?;
    let mut after = before.clone();
    let found = usize::try_from(task).ok().and_then(|at| after.tasks.0.get_mut(at));
    let Some(found) = found else {
        return Err(Error::invalid("task", ProblemCode::NotAvailable, "is no task of this erasure"));
    };
    if found.done_at.is_some() {
        return Ok(before);
    }
    found.done_at = Some(cx.now);
    found.done_by = cx.person().ok().map(|actor| actor.id);
    let after = record::change::<Erasures, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &ErasureTaskDone { erasure: id, task });
    Ok(after)
}
