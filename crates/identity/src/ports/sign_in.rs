//! What people's own doings with their accounts, and invitations, need.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    files::Received,
    id::{InvitationId, OneTimeTokenId, UserId},
};

use crate::{
    domain::sign_in::one_time::{Payload, Registration},
    store::{invitations::invitation, sign_in::one_time_token::Purpose},
};

/// A new one-time token.
pub struct NewOneTimeToken {
    /// Its id.
    pub id: OneTimeTokenId,
    /// Whose it is.
    pub user: UserId,
    /// What it is good for.
    pub purpose: Purpose,
    /// SHA-256 of it.
    pub hash: Vec<u8>,
    /// What it does when it is used.
    pub payload: Payload,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// A token that was just used.
pub struct Spent {
    /// Whose it was.
    pub user: UserId,
    /// What it was good for.
    pub purpose: Purpose,
    /// What it does.
    pub payload: Payload,
}

/// One-time tokens.
pub trait OneTimeTokens {
    /// Stores a token; an older one of the same person and purpose ends.
    async fn put(&self, token: &NewOneTimeToken) -> Result<()>;
    /// Uses a token, once: `None` for one that is unknown, used, expired or for something else.
    async fn spend(&self, hash: &[u8], purposes: &[Purpose], now: DateTime<Utc>) -> Result<Option<Spent>>;
    /// What a person's newest token of a purpose does, and whether it was used.
    async fn newest(&self, user: UserId, purpose: Purpose) -> Result<Option<(Payload, bool)>>;
    /// Ends all tokens of a person.
    async fn end_tokens(&self, user: UserId) -> Result<()>;
}

/// What people do with their own accounts.
pub trait Accounts {
    /// Notes that mail to their address reaches them; what they said when they registered takes hold.
    async fn verify(&self, id: UserId, said: Option<&Registration>, at: DateTime<Utc>) -> Result<()>;
    /// Gives a person another address, which was shown to be theirs.
    async fn change_email(&self, id: UserId, email: &str, at: DateTime<Utc>) -> Result<()>;
    /// Gives a person this picture, or none; returns whether they had one. Refused where the tenant's storage has no room
    /// for it.
    async fn picture(&self, cx: &Cx, id: UserId, picture: Option<&Received>) -> Result<bool>;
}

/// What invitations need beside the records.
pub trait Invitations {
    /// Adds one; `false` where its address is invited already.
    async fn add_invitation(&self, invitation: &invitation::Model) -> Result<bool>;
    /// Revokes those that somebody sent and nobody has accepted; returns which.
    async fn revoke_invitations_of(&self, inviter: UserId, at: DateTime<Utc>) -> Result<Vec<InvitationId>>;
    /// Revokes the one to an address that nobody has accepted; returns which.
    async fn revoke_invitations_to(&self, email: &str, at: DateTime<Utc>) -> Result<Vec<InvitationId>>;
    /// One by its newest token, which no other transaction changes until this one has ended.
    async fn invitation_by_hash(&self, hash: &[u8]) -> Result<Option<invitation::Model>>;
}
