//! All sessions of a person are ended.

use kernel::{
    Cx, Result, Tx,
    db::Emit,
    id::{SessionId, UserId},
};

use crate::usecases::access::may_touch_whose;
use crate::{
    domain::sessions::events::SessionsRevoked, ports::Sessions, queries::sessions::may_see_sessions,
    store::sessions::session::Reason,
};

/// Ends all sessions of a person, one's own unless another is named, and returns those that were open. With
/// `except_current` the session that asks goes on.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without `MANAGE_SESSIONS` for somebody else's; [`kernel::Error::NotFound`];
/// [`kernel::Error::Invalid`] for somebody who has more.
pub async fn revoke_all_sessions(
    tx: &Tx,
    cx: &Cx,
    catalog: &[&str],
    of: Option<UserId>,
    except_current: bool,
) -> Result<Vec<SessionId>> {
    let asking = cx.user()?;
    cx.in_session()?;
    let user = of.unwrap_or(asking.id);
    may_see_sessions(tx.conn(), cx, user).await?;
    may_touch_whose(tx, cx, catalog, user, "userId").await?;
    let but = asking.session.filter(|_| except_current);
    let sessions = tx.end_all(user, but, cx.now, Reason::Revoked).await?;
    tx.emit(cx, &SessionsRevoked { user, sessions: sessions.clone() });
    Ok(sessions)
}
