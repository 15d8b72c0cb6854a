//! A session gets its next pair of tokens.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::{token, token_hash},
    db::Emit,
    id::SessionId,
};
use serde::{Deserialize, Serialize};

use crate::{
    adapters::access_token::AccessTokens,
    domain::sessions::{
        events::{SessionRefreshed, SessionReused},
        session::{SessionPolicy, SessionTokens},
    },
    ports::{NewToken, Sessions},
    store::sessions::session::Reason,
};

/// What came of it. Each is committed and, under an idempotency key, the answer again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Refreshed {
    /// The next pair.
    Renewed(SessionTokens),
    /// The token is unknown, ended, or its session is over.
    Refused,
    /// The token had been used before, too long ago: the session was ended.
    Reused(SessionId),
}

/// A new refresh token for a session, and what is stored of it.
pub(crate) fn next_token(cx: &Cx, session: SessionId, expires_at: DateTime<Utc>) -> (String, NewToken) {
    let token = token(cx.source(), "fdr");
    let new = NewToken { id: cx.new_id(), hash: token_hash(&token), session, at: cx.now, expires_at };
    (token, new)
}

/// Exchanges a refresh token for a new pair. Public.
///
/// A token that is shown again within the policy's grace of its first use buys another pair, and what the first one bought
/// goes on working: two windows send the same one, and an answer may get lost. After that it is a copy that somebody holds,
/// and ends the session.
///
/// # Errors
/// [`Error::Invalid`] with [`ProblemCode::InvalidToken`].
pub async fn refresh_session(
    db: &Db,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    refresh_token: &str,
) -> Result<Refreshed> {
    if refresh_token.len() > 256 {
        return Err(refused());
    }
    let hash = token_hash(refresh_token);
    let hash = &hash;
    db.transact(cx, "session.refresh", |tx| async move { refresh(&tx, tokens, policy, cx, hash).await }).await
}

/// The answer to a token that is no good.
pub fn refused() -> Error {
    Error::invalid(
        "refreshToken",
        ProblemCode::InvalidToken,
        "the refresh token is unknown, used or expired; sign in again",
    )
}

async fn refresh<S: Sessions + Emit>(
    s: &S,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    hash: &[u8],
) -> Result<Refreshed> {
    let Some(old) = s.token(hash, cx.now).await? else { return Ok(Refreshed::Refused) };
    if old.used.is_none_or(|used| policy.forgives(used, cx.now)) {
        // The policy may have become stricter since the session was last promised its time.
        if !old.live || policy.end(old.opened, old.active) <= cx.now {
            return Ok(Refreshed::Refused);
        }
        let (refresh_token, next) = next_token(cx, old.session, policy.end(old.opened, cx.now));
        let first = old.used.is_none() && s.use_up(old.id, &next).await?;
        // Who lost a race for it comes a moment after its first use.
        if first || policy.forgives(cx.now, cx.now) {
            s.prolong(&next).await?;
            s.emit(cx, &SessionRefreshed { session: old.session, again: !first });
            let (access_token, access_token_expires_at) = tokens.sign(cx, old.user, old.session, old.token_version)?;
            return Ok(Refreshed::Renewed(SessionTokens {
                user: old.user,
                session: old.session,
                token_version: old.token_version,
                access_token,
                access_token_expires_at,
                refresh_token,
                refresh_token_expires_at: next.expires_at,
            }));
        }
    }
    if s.end(old.session, cx.now, Reason::Reused).await? {
        s.emit(cx, &SessionReused { session: old.session, user: old.user });
    }
    Ok(Refreshed::Reused(old.session))
}

impl Refreshed {
    /// The next pair, or the answer to a token that is no good.
    pub fn into_tokens(self) -> Result<SessionTokens> {
        match self {
            Self::Renewed(tokens) => Ok(tokens),
            Self::Refused | Self::Reused(_) => Err(refused()),
        }
    }
}
