//! Sessions and their tokens.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};

/// How long an access token is good.
pub const ACCESS_TOKEN_TTL: TimeDelta = TimeDelta::minutes(15);

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long after its last refresh.
    pub idle: TimeDelta,
    /// How long after it was opened, however busy it is.
    pub absolute: TimeDelta,
    /// How long after its first use a refresh token buys another pair.
    pub grace: TimeDelta,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { idle: TimeDelta::days(30), absolute: TimeDelta::days(90), grace: TimeDelta::seconds(10) }
    }
}

impl SessionPolicy {
    /// When a session ends that was `opened` then and last refreshed at `active`.
    pub fn end(&self, opened: DateTime<Utc>, active: DateTime<Utc>) -> DateTime<Utc> {
        (active + self.idle).min(opened + self.absolute)
    }

    /// Whether a refresh token that was first `used` then still buys a pair: two windows send the same one, and an answer
    /// may get lost.
    pub fn forgives(&self, used: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now < used + self.grace
    }

    /// The same with sessions that last no longer than this.
    #[must_use]
    pub fn within(self, idle: TimeDelta, absolute: TimeDelta) -> Self {
        Self { idle: self.idle.min(idle), absolute: self.absolute.min(absolute), ..self }
    }
}

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
    /// Buys the next pair.
    pub refresh_token: String,
    /// When it ends.
    pub refresh_token_expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionTokens").field("session", &self.session).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_rest_or_by_age_whichever_comes_first() {
        let policy = SessionPolicy::default();
        let opened = DateTime::<Utc>::UNIX_EPOCH;
        let day = |n| opened + TimeDelta::days(n);
        assert_eq!(policy.end(opened, opened), day(30));
        assert_eq!(policy.end(opened, day(59)), day(89));
        assert_eq!(policy.end(opened, day(80)), day(90), "refreshing does not make it live for ever");
        let within = policy.within(TimeDelta::days(40), TimeDelta::days(50));
        assert_eq!(within, SessionPolicy { absolute: TimeDelta::days(50), ..policy });
    }

    #[test]
    fn a_token_is_forgiven_for_a_while_and_never_without_a_grace() {
        let used = DateTime::<Utc>::UNIX_EPOCH;
        let policy = SessionPolicy::default();
        assert!(policy.forgives(used, used) && policy.forgives(used, used + TimeDelta::seconds(9)));
        assert!(!policy.forgives(used, used + TimeDelta::seconds(10)));
        assert!(!SessionPolicy { grace: TimeDelta::zero(), ..policy }.forgives(used, used));
    }
}
