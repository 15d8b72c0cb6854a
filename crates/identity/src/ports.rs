//! What the use cases need of the open transaction.

use chrono::{DateTime, Utc};
use kernel::{
    Result,
    id::{DepartmentId, RefreshTokenId, RoleId, SessionId, StaffId, UserId},
};

use crate::store::user::Kind;

/// What the sign-in must know of a person.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who.
    pub id: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address.
    pub email: String,
    /// The PHC string of their password's hash; `None` where they have none.
    pub password_hash: Option<String>,
    /// Whether mail to their address was shown to reach them.
    pub verified: bool,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Their token version.
    pub token_version: i32,
}

/// A new staff member.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Their id.
    pub id: StaffId,
    /// Their address in its stored form.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The PHC string of their password's hash.
    pub password_hash: String,
    /// Their role.
    pub role: RoleId,
    /// Their department.
    pub department: Option<DepartmentId>,
    /// Who adds them.
    pub created_by: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The people who sign in.
pub trait People {
    /// The account by id.
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>>;
    /// The role of that name.
    async fn role(&self, name: &str) -> Result<Option<RoleId>>;
    /// Adds a built-in role where it is not there yet.
    async fn ensure_role(&self, id: RoleId, name: &str, at: DateTime<Utc>) -> Result<()>;
    /// Adds a staff member; `false` where the address is taken.
    async fn add(&self, staff: &NewStaff) -> Result<bool>;
    /// Whether there is any staff member.
    async fn anybody(&self) -> Result<bool>;
    /// How many active members of a role there are besides one.
    async fn active_others(&self, roles: &[RoleId], besides: UserId) -> Result<u64>;
    /// The role of a person.
    async fn role_of(&self, id: UserId) -> Result<Option<RoleId>>;
    /// Notes a sign-in.
    async fn signed_in(&self, id: UserId, at: DateTime<Utc>) -> Result<()>;
    /// Takes away access and raises the token version.
    async fn deactivate(&self, id: UserId, at: DateTime<Utc>) -> Result<()>;
}

/// A refresh token with what decides whether it is good.
#[derive(Debug, Clone)]
pub struct TokenState {
    /// The token.
    pub id: RefreshTokenId,
    /// Its session.
    pub session: SessionId,
    /// Whose session.
    pub user: UserId,
    /// Whether it was used already.
    pub replaced: bool,
    /// Whether token and session are still in time, the session not ended, its owner active.
    pub live: bool,
    /// The owner's token version.
    pub token_version: i32,
}

/// A new session or the next refresh token of one.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The token.
    pub id: RefreshTokenId,
    /// SHA-256 of it.
    pub hash: Vec<u8>,
    /// The session.
    pub session: SessionId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Sessions and their refresh tokens.
pub trait Sessions {
    /// Opens a session for an account with its first token.
    async fn open(
        &self,
        account: &Account,
        token: &NewToken,
        address: Option<String>,
        agent: Option<String>,
    ) -> Result<()>;
    /// The token with this hash.
    async fn token(&self, hash: &[u8], now: DateTime<Utc>) -> Result<Option<TokenState>>;
    /// Replaces a token by the next; `false` where somebody else replaced it meanwhile.
    async fn replace(&self, old: RefreshTokenId, next: &NewToken) -> Result<bool>;
    /// Ends a session; `false` where it had ended.
    async fn end(&self, session: SessionId, at: DateTime<Utc>, reused: bool) -> Result<bool>;
}

/// The seats of the tier, and the first person who takes one.
pub trait Seats {
    /// How many staff members are active. Whoever else asks waits until this transaction ends.
    async fn seats_taken(&self) -> Result<u64>;
    /// Lets the person of this address choose another password before anything else.
    async fn expire_password(&self, email: &str) -> Result<()>;
}
