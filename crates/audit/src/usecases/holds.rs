//! Something is kept whatever a policy says, until it is released.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::LegalHoldId,
    record::{self, Records},
    text::Check,
};
use uuid::Uuid;

use crate::{
    domain::retention::events::{LegalHoldPlaced, LegalHoldReleased},
    policy::MANAGE_RETENTION,
    store::retention::hold::{Entity as Holds, Model as Hold},
};

/// The longest reason, in characters.
pub const REASON: usize = 1_000;

/// Something is to be held.
#[derive(Debug, Clone)]
pub struct PlaceLegalHold {
    /// The kind of thing, such as `Visitor`.
    pub kind: String,
    /// Its id.
    pub subject: Uuid,
    /// Why.
    pub reason: String,
}

/// It is to be held no more.
#[derive(Debug, Clone)]
pub struct ReleaseLegalHold {
    /// The hold.
    pub id: LegalHoldId,
    /// Why.
    pub reason: String,
}

fn reason(text: &str) -> Result<String> {
    let mut check = Check::default();
    let text = check.body("reason", text, REASON);
    check.done().map(|()| text)
}

/// Places a hold. A thing may be held for several reasons at a time; it is until the last of them is released.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::Invalid`] without a reason.
pub async fn place_legal_hold<S: Records<Holds> + Emit>(s: &S, cx: &Cx, cmd: &PlaceLegalHold) -> Result<Hold> {
    cx.require(MANAGE_RETENTION)?;
    let hold = Hold {
        id: cx.new_id(),
        subject_kind: cmd.kind.clone(),
        subject_id: cmd.subject,
        reason: reason(&cmd.reason)?,
        placed_by_id: cx.user().ok().map(|user| user.id),
        placed_at: cx.now,
        released_by_id: None,
        released_at: None,
        release_reason: None,
        version: 1,
        updated_at: cx.now,
    };
    s.insert(&hold).await?;
    s.emit(cx, &LegalHoldPlaced { hold: hold.id, kind: hold.subject_kind.clone(), subject: hold.subject_id });
    Ok(hold)
}

/// Releases a hold.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_RETENTION`]; [`Error::NotFound`]; [`Error::Invalid`] without a reason, and for one that was
/// released.
pub async fn release_legal_hold<S: Records<Holds> + Emit>(s: &S, cx: &Cx, cmd: &ReleaseLegalHold) -> Result<Hold> {
    cx.require(MANAGE_RETENTION)?;
    let before = s.lock(cx, cmd.id).await?;
    if before.released_at.is_some() {
        return Err(Error::invalid("holdId", ProblemCode::NotAllowed, "the hold was released"));
    }
    let after = Hold {
        released_by_id: cx.user().ok().map(|user| user.id),
        released_at: Some(cx.now),
        release_reason: Some(reason(&cmd.reason)?),
        ..before.clone()
    };
    let after = record::change::<Holds, _>(s, cx, &before, after).await?;
    let (kind, subject) = (after.subject_kind.clone(), after.subject_id);
    s.emit(cx, &LegalHoldReleased { hold: after.id, kind, subject });
    Ok(after)
}
