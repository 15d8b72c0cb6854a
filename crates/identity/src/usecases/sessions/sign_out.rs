//! A person ends their session.

use kernel::{Cx, Result, db::Emit, id::SessionId};

use crate::{domain::sessions::events::SessionEnded, ports::Sessions, store::sessions::session::Reason};

/// Ends the session that asks and returns it. Signing out twice is no error.
///
/// # Errors
/// [`Error::Unauthenticated`](kernel::Error::Unauthenticated) when nobody is signed in;
/// [`Error::Forbidden`](kernel::Error::Forbidden) for an API key.
pub async fn sign_out<S: Sessions + Emit>(s: &S, cx: &Cx) -> Result<SessionId> {
    let (_, session) = cx.in_session()?;
    if s.end(session, cx.now, Reason::SignedOut).await? {
        s.emit(cx, &SessionEnded { session });
    }
    Ok(session)
}
