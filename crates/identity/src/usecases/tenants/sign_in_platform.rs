//! A platform administrator signs in, in no tenant.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{Cx, Db, Error, ProblemCode, Result, id::PlatformAdminId, limit::Limit, text};
use serde_json::json;

use crate::{
    adapters::{password::Passwords, platform_token::PlatformTokens},
    store::tenants::{platform_admin, platform_event::record},
};

/// Attempts for one account, whoever makes them.
const BY_ACCOUNT: Limit =
    Limit { name: "platform sign-in by account", attempts: 10, window: Duration::from_secs(15 * 60) };
/// Attempts from one address, for whatever accounts.
const BY_ADDRESS: Limit =
    Limit { name: "platform sign-in by address", attempts: 30, window: Duration::from_secs(15 * 60) };

/// An attempt to sign in.
#[derive(Clone)]
pub struct SignInPlatform {
    /// The address typed.
    pub email: String,
    /// The password typed.
    pub password: String,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// What signing in gives: a token of 15 minutes, and none to renew it with.
#[derive(Debug, Clone)]
pub struct PlatformSession {
    /// Who signed in.
    pub admin: PlatformAdminId,
    /// Their address.
    pub email: String,
    /// The token.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
}

/// Signs a platform administrator in. Public.
///
/// As for people ([`crate::sign_in`]), the attempt is counted before it is made, and known and unknown
/// addresses cost the same: one read, one password hash, one transaction with one row of `platform_events`.
///
/// # Errors
/// [`Error::Invalid`] with [`ProblemCode::InvalidCredentials`]; [`Error::RateLimited`]; [`Error::Unavailable`].
pub async fn sign_in_platform(
    db: &Db,
    passwords: &Passwords,
    tokens: &PlatformTokens,
    cx: &Cx,
    cmd: SignInPlatform,
) -> Result<PlatformSession> {
    let email = text::email(&cmd.email);
    let key = email.as_deref().unwrap_or_default();
    let (registry, attempts) = (db.control(), db.control_bookkeeping());
    if cmd.limited {
        BY_ADDRESS.count(&attempts, cx, &cx.origin.limit_key()).await?;
        BY_ACCOUNT.count(&attempts, cx, key).await?;
    }
    let account = platform_admin::by_email(&registry, key).await?;
    let hash = account.as_ref().filter(|account| account.is_active).map(|account| account.password_hash.as_str());
    // No password is longer; hashing a megabyte would be the attacker's choice.
    let right = cmd.password.len() <= 1024 && passwords.verify(&cmd.password, hash).await?;
    let account = account.filter(|_| right);
    let (account, email) = (account.as_ref(), &email);
    db.transact_registry(|conn| async move {
        let id = account.map_or(PlatformAdminId(uuid::Uuid::nil()), |account| account.id);
        platform_admin::signed_in(&conn, id, cx.now).await?;
        let kind = if right { "platform_session.opened" } else { "platform_session.refused" };
        // What was typed is kept only when it has the form of an address: people type passwords there.
        record(&conn, cx, kind, right, None, json!({ "email": email })).await
    })
    .await?;
    let Some(account) = account else {
        return Err(Error::invalid("", ProblemCode::InvalidCredentials, "e-mail address or password is wrong"));
    };
    if cmd.limited {
        BY_ACCOUNT.clear(&attempts, key).await?;
    }
    let (access_token, access_token_expires_at) = tokens.sign(cx, account.id, account.token_version)?;
    Ok(PlatformSession { admin: account.id, email: account.email.clone(), access_token, access_token_expires_at })
}
