//! What the use cases need of the open transaction.

pub mod api_keys;
pub(crate) mod mail;
pub mod organisation;
pub mod sign_in;

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    id::{
        DepartmentId, EmailTemplateId, IdentityProviderId, RefreshTokenId, RoleId, SessionId, SettingId, StaffId,
        TeamId, UserId,
    },
};

use crate::{
    domain::people::{person::Person, phone::Region},
    mail::Template,
    store::{
        access::role,
        mail::{email_template, smtp_settings},
        people::user::Kind,
        sessions::session::{Model as Session, Reason},
        settings::setting,
        single_sign_on::{external_identity::Model as ExternalIdentity, identity_provider::Model as Provider},
    },
};

/// What the sign-in must know of a person.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who.
    pub id: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The PHC string of their password's hash, or bcrypt's; `None` where they have none.
    pub password_hash: Option<String>,
    /// Whether mail to their address was shown to reach them.
    pub verified: bool,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Their token version.
    pub token_version: i32,
    /// The encrypted secret of their second factor.
    pub totp_secret: Option<Vec<u8>>,
    /// Whether it is asked for.
    pub totp_confirmed: bool,
    /// The step of the last code that was used.
    pub totp_last_step: Option<i64>,
}

/// The people who sign in.
pub trait People {
    /// The account by id.
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>>;
    /// The person, where the actor may see them; nobody else changes them until the transaction ends.
    async fn person(&self, cx: &Cx, id: UserId) -> Result<Option<Person>>;
    /// Adds a person; `false` where the address is taken.
    async fn add(&self, person: &Person, password_hash: Option<&str>) -> Result<bool>;
    /// Makes a [registration](Person::is_registration) with this address into this person, and returns under which id; what
    /// was set up for it ends. `None` where there is none.
    async fn take_registration(&self, person: &Person, password_hash: Option<&str>) -> Result<Option<UserId>>;
    /// Stores what can be changed of a person, and whether they are active.
    async fn save(&self, person: &Person) -> Result<()>;
    /// The account by id, kept as it is until the transaction ends.
    async fn lock_account(&self, id: UserId) -> Result<Option<Account>>;
    /// Stores another hash of a password. Of one that its owner has just `chosen`, no other is asked for.
    async fn set_password(&self, id: UserId, hash: &str, at: DateTime<Utc>, chosen: bool) -> Result<()>;
    /// Whether there is anybody.
    async fn anybody(&self) -> Result<bool>;
    /// Notes a sign-in.
    async fn signed_in(&self, id: UserId, at: DateTime<Utc>) -> Result<()>;
    /// Ends all access that the person has now: raises the token version, ends the sessions.
    async fn end_access(&self, id: UserId, at: DateTime<Utc>) -> Result<()>;
    /// Gives up the files that somebody sent, or began to send, and that nobody uses yet.
    async fn end_uploads(&self, cx: &Cx, id: UserId) -> Result<()>;
    /// Where the company is: the telephone numbers of that region need no country code.
    async fn region(&self) -> Result<Option<Region>>;
    /// Whether the department is there and people can be put into it.
    async fn is_open_department(&self, id: DepartmentId) -> Result<bool>;
}

/// Roles, and the permissions of single people.
pub trait Roles {
    /// The role by id.
    async fn role(&self, id: RoleId) -> Result<Option<role::Model>>;
    /// The role of that name.
    async fn role_by_name(&self, name: &str) -> Result<Option<role::Model>>;
    /// Adds a role that comes with Frontdesk, where it is not there yet.
    async fn add_built_in_role(&self, role: &role::Model) -> Result<()>;
    /// How many active people there are besides one who hold one of these built-in roles. Until the transaction ends nobody
    /// else asks.
    async fn others(&self, roles: &[&str], besides: UserId) -> Result<u64>;
    /// The permissions that were granted to one person.
    async fn grants(&self, id: UserId) -> Result<Vec<String>>;
    /// Grants these; returns how many they did not have.
    async fn grant(&self, id: UserId, permissions: &[&str], by: Option<UserId>, at: DateTime<Utc>) -> Result<u64>;
    /// Takes these back; returns how many they had.
    async fn revoke_grants(&self, id: UserId, permissions: &[&str]) -> Result<u64>;
}

/// What other contexts hold of a colleague who leaves, or of a team; answered by them through the gateway.
pub trait Work {
    /// Hands their open work to a colleague, or back to nobody. Returns how much it was.
    async fn hand_over(&self, cx: &Cx, from: StaffId, to: Option<StaffId>) -> Result<u64>;
    /// Whether a team has open work.
    async fn has_work(&self, team: TeamId) -> Result<bool>;
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
    /// When it was first used.
    pub used: Option<DateTime<Utc>>,
    /// Whether token and session are still in time, the session not ended, its owner active.
    pub live: bool,
    /// When the session was opened.
    pub opened: DateTime<Utc>,
    /// When it was last refreshed.
    pub active: DateTime<Utc>,
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
    /// Notes that the next token is bought with this one, before it is there; `false` where somebody else used it meanwhile.
    async fn use_up(&self, old: RefreshTokenId, next: &NewToken) -> Result<bool>;
    /// Adds the next token of a session, which lasts as long as it.
    async fn prolong(&self, next: &NewToken) -> Result<()>;
    /// Ends a session; `false` where it had ended.
    async fn end(&self, session: SessionId, at: DateTime<Utc>, reason: Reason) -> Result<bool>;
    /// The session.
    async fn session(&self, id: SessionId) -> Result<Option<Session>>;
    /// Ends all sessions of a person but perhaps one; returns those that had not ended.
    async fn end_all(
        &self,
        user: UserId,
        but: Option<SessionId>,
        at: DateTime<Utc>,
        reason: Reason,
    ) -> Result<Vec<SessionId>>;
}

/// Second factors and the codes that stand in for them.
pub trait SecondFactors {
    /// Stores a secret that is not confirmed yet, or none, and forgets what belonged to the one before.
    async fn set_secret(&self, id: UserId, sealed: Option<Vec<u8>>, at: DateTime<Utc>) -> Result<()>;
    /// Notes that its owner has it.
    async fn confirm_secret(&self, id: UserId, at: DateTime<Utc>) -> Result<()>;
    /// Uses up a step and all before it; `false` where that was done.
    async fn use_step(&self, id: UserId, step: i64) -> Result<bool>;
    /// Uses up a recovery code; `false` where there is no such code, or it was used.
    async fn use_recovery_code(&self, id: UserId, hash: &[u8], at: DateTime<Utc>) -> Result<bool>;
    /// Stores new recovery codes instead of all others.
    async fn replace_recovery_codes(&self, id: UserId, hashes: Vec<Vec<u8>>, at: DateTime<Utc>) -> Result<()>;
}

/// Identity providers, and who is who there.
pub trait ExternalIdentities {
    /// The provider with this id; nobody else changes it until the transaction ends.
    async fn provider(&self, id: IdentityProviderId) -> Result<Option<Provider>>;
    /// How many providers there are, and those that have the name or issuer of this one, itself too where it is known.
    async fn providers_like(&self, new: &Provider) -> Result<(u64, Vec<Provider>)>;
    /// Saves a provider, new or known.
    async fn save_provider(&self, provider: &Provider, new: bool) -> Result<()>;
    /// The account with the subject of `new` at its provider, which is `new` where it was not known. Nobody else gets at
    /// it until the transaction ends.
    async fn identity(&self, new: &ExternalIdentity) -> Result<ExternalIdentity>;
    /// The accounts elsewhere of a person.
    async fn identities_of(&self, user: UserId) -> Result<Vec<ExternalIdentity>>;
    /// Saves a known account.
    async fn save_identity(&self, identity: &ExternalIdentity) -> Result<()>;
    /// Notes a delivery; `false` where it was noted before.
    async fn first_delivery(&self, provider: IdentityProviderId, id: &str, at: DateTime<Utc>) -> Result<bool>;
    /// The person with this id, or with this address, whoever asks; nobody else changes them until the transaction ends.
    async fn find_person(&self, who: Who<'_>) -> Result<Option<Person>>;
    /// Notes that a session's second factor was shown elsewhere.
    async fn trust_factor(&self, session: SessionId) -> Result<()>;
}

/// How a person is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// By their id.
    Id(UserId),
    /// By their address in its stored form.
    Email(&'a str),
}

/// Settings, of the company and of single people.
pub trait Settings {
    /// A setting that was set; `user` is nobody for the company's.
    async fn setting(&self, key: &str, user: Option<UserId>) -> Result<Option<setting::Model>>;
    /// How many settings somebody has whose keys begin so.
    async fn count_settings(&self, prefix: &str, user: Option<UserId>) -> Result<u64>;
    /// Adds or changes a setting; `false` where somebody else added it meanwhile.
    async fn put_setting(&self, row: &setting::Model, is_new: bool) -> Result<bool>;
    /// Takes a setting away.
    async fn remove_setting(&self, id: SettingId) -> Result<()>;
}

/// How mail goes out: the company's mail server and its wordings.
pub trait MailSetup {
    /// The company's mail server.
    async fn smtp(&self) -> Result<Option<smtp_settings::Model>>;
    /// Adds or changes it; `false` where somebody else added it meanwhile.
    async fn put_smtp(&self, row: &smtp_settings::Model, is_new: bool) -> Result<bool>;
    /// The company's own wording of a mail.
    async fn wording(&self, template: Template) -> Result<Option<email_template::Model>>;
    /// Adds or changes it; `false` where somebody else added it meanwhile.
    async fn put_wording(&self, row: &email_template::Model, is_new: bool) -> Result<bool>;
    /// Takes it away.
    async fn remove_wording(&self, id: EmailTemplateId) -> Result<()>;
}

/// The seats of the tier.
pub trait Seats {
    /// How many staff members are active. Whoever else asks waits until this transaction ends.
    async fn seats_taken(&self) -> Result<u64>;
}

/// Something that takes cards for a channel.
#[async_trait::async_trait]
pub trait Cards: Send + Sync {
    /// Posts a message to a webhook; `delivery` is the id by which the other side can tell that it had it already,
    /// `correlation` the one by which it is found in the trail here.
    async fn post(
        &self,
        webhook: &crate::domain::notifications::webhook::Webhook,
        delivery: &str,
        correlation: &str,
        message: String,
    ) -> Result<(), crate::domain::notifications::webhook::PostError>;
}
