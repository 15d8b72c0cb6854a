//! What people's own doings with their accounts, and invitations, need.

use chrono::{DateTime, Utc};
use kernel::{
    Result,
    id::{OneTimeTokenId, RoleId, SessionId, UserId},
};
use uuid::Uuid;

use crate::{
    domain::one_time::{Payload, Registration},
    store::{invitation, one_time_token::Purpose, user},
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

/// A new client who registered.
pub struct NewClient<'a> {
    /// Their id.
    pub id: UserId,
    /// Their role.
    pub role: RoleId,
    /// What they said.
    pub said: &'a Registration,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a person may change of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Their name, as others read it.
    pub name: String,
    /// Their first name.
    pub first_name: Option<String>,
    /// Their last name.
    pub last_name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// The company they buy for.
    pub company: Option<String>,
}

/// The accounts of people who sign in.
pub trait Accounts {
    /// The person with this address.
    async fn by_email(&self, email: &str) -> Result<Option<user::Model>>;
    /// A person, whom no other transaction changes until this one has ended.
    async fn locked(&self, id: UserId) -> Result<Option<user::Model>>;
    /// Adds a client without a password; `false` where the address is taken.
    async fn add_client(&self, client: &NewClient<'_>) -> Result<bool>;
    /// Notes that mail to their address reaches them; what they said when they registered takes hold.
    async fn verify(&self, id: UserId, said: Option<&Registration>, at: DateTime<Utc>) -> Result<()>;
    /// Sets another password, verifies the address, raises the token version.
    async fn reset(&self, id: UserId, password_hash: &str, at: DateTime<Utc>) -> Result<()>;
    /// Ends all sessions of a person whose password was changed; returns them.
    async fn end_sessions(&self, id: UserId, at: DateTime<Utc>) -> Result<Vec<SessionId>>;
    /// Gives a person another address, which was shown to be theirs.
    async fn change_email(&self, id: UserId, email: &str, at: DateTime<Utc>) -> Result<()>;
    /// Changes what is known of a person.
    async fn save_profile(&self, id: UserId, profile: &Profile, at: DateTime<Utc>) -> Result<()>;
    /// Gives a person this picture under this id, or none.
    async fn picture(&self, id: UserId, picture: Option<(Uuid, &[u8])>, at: DateTime<Utc>) -> Result<()>;
}

/// Invitations.
pub trait Invitations {
    /// Adds one; `false` where its address is invited already.
    async fn add_invitation(&self, invitation: &invitation::Model) -> Result<bool>;
    /// One by id, which no other transaction changes until this one has ended.
    async fn invitation(&self, id: kernel::id::InvitationId) -> Result<Option<invitation::Model>>;
    /// Saves another token, end, acceptance or revocation.
    async fn save_invitation(&self, invitation: &invitation::Model) -> Result<()>;
    /// One by its newest token, which no other transaction changes until this one has ended.
    async fn invitation_by_hash(&self, hash: &[u8]) -> Result<Option<invitation::Model>>;
    /// Adds the colleague who accepted, verified; `false` where the address is taken.
    async fn add_invited(
        &self,
        id: UserId,
        name: &str,
        hash: &str,
        of: &invitation::Model,
        at: DateTime<Utc>,
    ) -> Result<bool>;
}
