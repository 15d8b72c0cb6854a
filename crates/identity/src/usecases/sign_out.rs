//! A person ends their session.

use kernel::{Cx, Error, Result, db::Emit, id::SessionId};

use crate::{domain::events::SessionEnded, ports::Sessions, store::session::Reason};

/// Ends the session that asks and returns it. Signing out twice is no error.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn sign_out<S: Sessions + Emit>(s: &S, cx: &Cx) -> Result<SessionId> {
    let session = cx.person()?.session.ok_or(Error::Unauthenticated)?;
    if s.end(session, cx.now, Reason::SignedOut).await? {
        s.emit(cx, &SessionEnded { session });
    }
    Ok(session)
}
