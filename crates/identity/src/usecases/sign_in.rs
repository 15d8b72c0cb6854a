//! A staff member signs in.

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, db::Emit, limit::Limit, text};
use serde::{Deserialize, Serialize};

use super::refresh_session::next_token;
use crate::{
    adapters::{access_token::AccessTokens, password::Passwords},
    domain::{
        events::{SessionOpened, SessionRefused},
        session::SessionTokens,
    },
    ports::{Account, People, Sessions},
    queries::access::account,
};

/// Attempts for one account, whoever makes them.
const BY_ACCOUNT: Limit = Limit { name: "sign-in by account", attempts: 10, window: Duration::from_secs(15 * 60) };
/// Attempts from one address, for whatever accounts.
const BY_ADDRESS: Limit = Limit { name: "sign-in by address", attempts: 100, window: Duration::from_secs(15 * 60) };

/// An attempt to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// The address typed.
    pub email: String,
    /// The password typed.
    pub password: String,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// What came of it. Both are committed and, under an idempotency key, both are the answer again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SignedIn {
    /// The new session.
    Opened(SessionTokens),
    /// Address and password do not match an active account.
    Refused,
}

/// Signs in. Public.
///
/// The attempt is counted before it is made. Then known and unknown addresses cost the same: one read, one
/// password hash, one transaction with one audit row.
///
/// # Errors
/// [`Error::Invalid`] with [`ProblemCode::InvalidCredentials`]; [`Error::RateLimited`]; [`Error::Unavailable`].
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &AccessTokens,
    cx: &Cx,
    cmd: SignIn,
) -> Result<SessionTokens> {
    let email = text::email(&cmd.email);
    if cmd.limited {
        let conn = db.bookkeeping(cx).await?;
        BY_ADDRESS.count(&conn, cx, &cx.origin.limit_key()).await?;
        BY_ACCOUNT.count(&conn, cx, email.as_deref().unwrap_or_default()).await?;
    }
    let account = account(&db.reader(cx).await?, email.as_deref()).await?;
    let hash =
        account.as_ref().filter(|account| account.is_active).and_then(|account| account.password_hash.as_deref());
    // No password is longer; hashing a megabyte would be the attacker's choice.
    let right = cmd.password.len() <= 1024 && passwords.verify(&cmd.password, hash).await?;
    let (account, email) = (account.as_ref(), &email);
    let outcome = db
        .transact(cx, "session.open", |tx| async move {
            match account.filter(|_| right) {
                Some(account) => Ok(SignedIn::Opened(open(&tx, tokens, cx, account).await?)),
                None => {
                    tx.emit(cx, &SessionRefused { user: account.map(|account| account.id), email: email.clone() });
                    Ok(SignedIn::Refused)
                }
            }
        })
        .await?;
    match outcome {
        SignedIn::Opened(session) => {
            if cmd.limited
                && let Some(email) = email
            {
                BY_ACCOUNT.clear(&db.bookkeeping(cx).await?, email).await?;
            }
            Ok(session)
        }
        SignedIn::Refused => {
            Err(Error::invalid("", ProblemCode::InvalidCredentials, "e-mail address or password is wrong"))
        }
    }
}

pub(super) async fn open<S: People + Sessions + Emit>(
    s: &S,
    tokens: &AccessTokens,
    cx: &Cx,
    account: &Account,
) -> Result<SessionTokens> {
    let session = cx.new_id();
    let (refresh_token, new) = next_token(cx, session);
    s.open(account, &new, cx.origin.address.map(|address| address.to_string()), cx.origin.agent.clone()).await?;
    s.signed_in(account.id, cx.now).await?;
    s.emit(cx, &SessionOpened { session, user: account.id });
    let (access_token, access_token_expires_at) = tokens.sign(cx, account.id, session, account.token_version)?;
    Ok(SessionTokens {
        user: account.id,
        session,
        token_version: account.token_version,
        access_token,
        access_token_expires_at,
        refresh_token,
        refresh_token_expires_at: new.expires_at,
    })
}
