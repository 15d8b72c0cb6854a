//! Somebody says that an error does not happen any more, or that it will.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ErrorGroupId, UserId},
    record::Records,
};

use crate::{
    domain::errors::events::{ErrorGroupReopened, ErrorGroupResolved},
    policy::MANAGE_ERROR_LOG,
    store::errors::group::{Entity as ErrorGroups, ErrorGroupStatus, Model as ErrorGroup},
};

fn refused(why: &str) -> Error {
    Error::invalid("groupId", ProblemCode::NotAllowed, why)
}

/// Resolves a group: whatever of it comes after reopens it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that is resolved.
pub async fn resolve_error_group<S>(s: &S, cx: &Cx, id: ErrorGroupId) -> Result<ErrorGroup>
where
    S: Records<ErrorGroups> + Emit,
{
    cx.require(MANAGE_ERROR_LOG)?;
    let before = s.lock(cx, id).await?;
    if before.status == ErrorGroupStatus::Resolved {
        return Err(refused("is resolved already"));
    }
    let after = ErrorGroup {
        status: ErrorGroupStatus::Resolved,
        resolved_at: Some(cx.now),
        resolved_by_id: cx.user().ok().map(|user| UserId(user.id.0)),
        ..before.clone()
    };
    s.update(&before, &after).await?;
    s.emit(cx, &ErrorGroupResolved::of(&after, before.status, false));
    Ok(after)
}

/// Reopens a group that was resolved.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that is not resolved.
pub async fn reopen_error_group<S>(s: &S, cx: &Cx, id: ErrorGroupId) -> Result<ErrorGroup>
where
    S: Records<ErrorGroups> + Emit,
{
    cx.require(MANAGE_ERROR_LOG)?;
    let before = s.lock(cx, id).await?;
    if before.status != ErrorGroupStatus::Resolved {
        return Err(refused("is not resolved"));
    }
    let after = ErrorGroup { status: ErrorGroupStatus::Reopened, reopened_at: Some(cx.now), ..before.clone() };
    s.update(&before, &after).await?;
    s.emit(cx, &ErrorGroupReopened::of(&after, before.status, false));
    Ok(after)
}
