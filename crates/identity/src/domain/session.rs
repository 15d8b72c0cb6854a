//! Sessions and their tokens.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};

/// How long an access token is good.
pub const ACCESS_TOKEN_TTL: TimeDelta = TimeDelta::minutes(15);
/// How long a refresh token is good, counted anew at each refresh.
pub const REFRESH_TOKEN_TTL: TimeDelta = TimeDelta::days(30);

/// What a sign-in or refresh hands out. Kept nowhere but in the encrypted answer of an idempotency key.
#[derive(Clone, Serialize, Deserialize)]
pub struct SessionTokens {
    /// Who signed in.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The person's token version.
    pub token_version: i32,
    /// Speaks for the session in `Authorization: Bearer …`.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Buys the next pair, once.
    pub refresh_token: String,
    /// When it ends.
    pub refresh_token_expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionTokens").field("session", &self.session).finish_non_exhaustive()
    }
}
