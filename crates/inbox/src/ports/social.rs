//! What the social platforms do for us, and what the use cases of accounts need of the open transaction.

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Result};

use crate::{
    domain::{
        conversation_replies::automatic::AutomaticReplies,
        social::grant::{Granted, Tokens},
    },
    store::social::platform::Platform,
};

/// Why a platform did not do what it was asked. The texts hold nothing secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SocialError {
    /// It never will.
    #[error("{0}")]
    Permanent(String),
    /// It did not, and asks not to be asked again before an instant.
    #[error("{1}")]
    RetryAt(DateTime<Utc>, String),
    /// It did not, and may later.
    #[error("{0}")]
    Later(String),
    /// It may have.
    #[error("{0}")]
    Unknown(String),
    /// It takes our token no more.
    #[error("{0}")]
    Revoked(String),
    /// The participant wrote too long ago.
    #[error("{0}")]
    OutsideWindow(String),
}

/// Where somebody is sent to let us in.
pub struct Consent<'a> {
    /// Where.
    pub platform: Platform,
    /// Which version of its API.
    pub version: &'a str,
    /// What they come back with.
    pub state: &'a str,
    /// Where they come back to.
    pub redirect_uri: &'a str,
    /// The SHA-256 of what we show when they are back (RFC 7636), for a platform that takes one.
    pub challenge: Option<&'a str>,
}

/// What somebody came back with.
pub struct Redeem<'a> {
    /// From where.
    pub platform: Platform,
    /// Which version of its API.
    pub version: &'a str,
    /// The code.
    pub code: &'a str,
    /// Where they came back to.
    pub redirect_uri: &'a str,
    /// What the challenge was made of.
    pub verifier: Option<&'a str>,
    /// When.
    pub now: DateTime<Utc>,
}

/// Lets people let us in at a platform.
#[async_trait::async_trait]
pub trait SocialNetworks: Send + Sync {
    /// Where somebody is sent; `None` where we have no app at the platform.
    fn consent_url(&self, consent: &Consent<'_>) -> Option<String>;
    /// The accounts that who came back lets us into.
    async fn redeem(&self, redeem: &Redeem<'_>) -> Result<Vec<Granted>, SocialError>;
    /// New tokens for old.
    async fn renew(&self, platform: Platform, refresh: &str, now: DateTime<Utc>) -> Result<Tokens, SocialError>;
    /// What an account is called, which shows that our token is taken.
    async fn name(
        &self,
        platform: Platform,
        version: &str,
        account: &str,
        access: &str,
    ) -> Result<Option<String>, SocialError>;
}

/// A reply on its way.
pub struct Outbound<'a> {
    /// Where.
    pub platform: Platform,
    /// Which version of its API.
    pub version: &'a str,
    /// Our account.
    pub account: &'a str,
    /// What we act with.
    pub access: &'a str,
    /// Who gets it.
    pub participant: &'a str,
    /// Which conversation it is in, as the platform names it.
    pub conversation: &'a str,
    /// Which message it answers, as the platform names it.
    pub answers: Option<&'a str>,
    /// What it says.
    pub content: &'a str,
    /// Whether it goes out only since a person answers.
    pub as_agent: bool,
    /// When.
    pub now: DateTime<Utc>,
}

/// Takes replies to a platform.
#[async_trait::async_trait]
pub trait SocialSender: Send + Sync {
    /// Sends a reply, and says how the platform names it.
    async fn send(&self, reply: &Outbound<'_>) -> Result<String, SocialError>;
}

/// What the company lets go out without that anybody looks at it.
#[async_trait::async_trait]
pub trait Automation: Send + Sync {
    /// Which suggested replies, at this moment.
    async fn automatic_replies(&self, conn: &Conn, cx: &Cx) -> Result<AutomaticReplies>;
}
