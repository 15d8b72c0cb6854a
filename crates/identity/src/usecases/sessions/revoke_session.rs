//! A session is ended from another one.

use kernel::{Cx, Error, Result, Tx, db::Emit, id::SessionId};

use crate::usecases::access::may_touch_whose;
use crate::{
    domain::sessions::events::SessionRevoked,
    ports::Sessions,
    queries::sessions::may_see_sessions,
    store::sessions::session::{Model as Session, Reason},
};

/// Ends one of one's own sessions, or with `MANAGE_SESSIONS` somebody else's, and returns it as it is then. Ending it twice
/// is no error.
///
/// # Errors
/// [`Error::NotFound`], also for a session that the actor may not see; [`Error::Invalid`] for one of somebody who has more.
pub async fn revoke_session(tx: &Tx, cx: &Cx, catalog: &[&str], id: SessionId) -> Result<Session> {
    cx.user()?;
    cx.in_session()?;
    let missing = || Error::NotFound { what: "Session" };
    let session = tx.session(id).await?.ok_or_else(missing)?;
    // Whether there is such a session is nobody's business who may not see it.
    may_see_sessions(tx.conn(), cx, session.user_id).await.map_err(|error| match error {
        Error::Forbidden { .. } | Error::NotFound { .. } => missing(),
        error => error,
    })?;
    may_touch_whose(tx, cx, catalog, session.user_id, "sessionId").await?;
    if tx.end(id, cx.now, Reason::Revoked).await? {
        tx.emit(cx, &SessionRevoked { session: id, user: session.user_id });
    }
    tx.session(id).await?.ok_or_else(missing)
}
