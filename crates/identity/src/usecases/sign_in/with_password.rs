//! Somebody signs in.

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, crypto::Keyring, db::Emit, limit::Limit, text};
use serde::{Deserialize, Serialize};

use super::second_factor::accepts;
use crate::usecases::sessions::refresh_session::next_token;
use crate::{
    adapters::{
        access_token::AccessTokens,
        password::{Passwords, Verdict},
    },
    domain::sessions::{
        events::{SessionOpened, SessionRefused},
        session::{SessionPolicy, SessionTokens},
    },
    ports::{Account, People, SecondFactors, Sessions},
    queries::access::actor::account,
    store::people::user::Kind,
};

/// Attempts for one account, whoever makes them.
const BY_ACCOUNT: Limit = Limit { name: "sign-in by account", attempts: 10, window: Duration::from_secs(15 * 60) };
/// Attempts from one address, for whatever accounts; those with the right password do not count.
const BY_ADDRESS: Limit = Limit { name: "sign-in by address", attempts: 100, window: Duration::from_secs(15 * 60) };

/// An attempt to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// The address typed.
    pub email: String,
    /// The password typed.
    pub password: String,
    /// The code of the second factor typed, or a recovery code.
    pub code: Option<String>,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// What came of it. All are committed and, under an idempotency key, all are the answer again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SignedIn {
    /// The new session.
    Opened(SessionTokens),
    /// Address and password do not match an active account.
    Refused,
    /// They do, and a code is asked for.
    CodeMissing,
    /// They do, and the code is wrong.
    WrongCode,
}

/// Signs in. Public.
///
/// The attempt is counted before it is made. Then known and unknown addresses cost the same: one read, one password
/// hash, one transaction with one audit row. Only who has the right password learns more than that it was refused.
///
/// # Errors
/// [`Error::Invalid`] with [`ProblemCode::InvalidCredentials`] or [`ProblemCode::TotpRequired`]; [`Error::RateLimited`];
/// [`Error::Unavailable`].
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &AccessTokens,
    policy: SessionPolicy,
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
    let verdict = passwords.judge(&cmd.password, hash).await?;
    let right = verdict.is_right();
    let better = match verdict {
        Verdict::Outdated => Some(passwords.hash(cx.source(), &cmd.password).await?),
        _ => None,
    };
    let attempt =
        Attempt { keyring: db.keyring(), tokens, policy, code: cmd.code.as_deref(), better: better.as_deref() };
    let (attempt, account, email) = (&attempt, account.as_ref(), &email);
    let outcome = db
        .transact(cx, "session.open", |tx| async move {
            let outcome = match account.filter(|_| right) {
                Some(account) => attempt.make(&tx, cx, account).await?,
                None => SignedIn::Refused,
            };
            if let Some(reason) = outcome.reason() {
                tx.emit(cx, &SessionRefused { user: account.map(|account| account.id), email: email.clone(), reason });
            }
            Ok(outcome)
        })
        .await?;
    if cmd.limited && matches!(outcome, SignedIn::Opened(_) | SignedIn::CodeMissing) {
        // A whole office comes from one address in the morning.
        BY_ADDRESS.give_back(&db.bookkeeping(cx).await?, &cx.origin.limit_key(), 1).await?;
    }
    let refused = |field, code, message: &str| Err(Error::invalid(field, code, message));
    match outcome {
        SignedIn::Opened(session) => {
            if cmd.limited
                && let Some(email) = email
            {
                BY_ACCOUNT.clear(&db.bookkeeping(cx).await?, email).await?;
            }
            Ok(session)
        }
        SignedIn::Refused => refused("", ProblemCode::InvalidCredentials, "e-mail address or password is wrong"),
        SignedIn::CodeMissing => {
            refused("totpCode", ProblemCode::TotpRequired, "the code of the second factor is needed")
        }
        SignedIn::WrongCode => {
            refused("totpCode", ProblemCode::InvalidCredentials, "the code is wrong or was used before")
        }
    }
}

impl SignedIn {
    /// What was wrong, for the audit trail; none where nothing was.
    fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Opened(_) => None,
            Self::Refused => Some("credentials"),
            Self::CodeMissing => Some("code_missing"),
            Self::WrongCode => Some("code"),
        }
    }
}

/// An attempt whose password was right.
struct Attempt<'a> {
    keyring: &'a Keyring,
    tokens: &'a AccessTokens,
    policy: SessionPolicy,
    code: Option<&'a str>,
    /// The hash that replaces an outdated one.
    better: Option<&'a str>,
}

impl Attempt<'_> {
    async fn make<S>(&self, s: &S, cx: &Cx, seen: &Account) -> Result<SignedIn>
    where
        S: People + Sessions + SecondFactors + Emit,
    {
        // Hashing took a while, and the password may have been changed meanwhile.
        let account = s.lock_account(seen.id).await?;
        let Some(account) = account.filter(|now| now.is_active && now.password_hash == seen.password_hash) else {
            return Ok(SignedIn::Refused);
        };
        // No client has a password before mail has reached them.
        if account.kind == Kind::Client && !account.verified {
            return Ok(SignedIn::Refused);
        }
        if account.totp_confirmed {
            match self.code.filter(|code| !code.trim().is_empty()) {
                None => return Ok(SignedIn::CodeMissing),
                Some(code) if accepts(s, self.keyring, cx, &account, code).await? => {}
                Some(_) => return Ok(SignedIn::WrongCode),
            }
        }
        if let Some(better) = self.better {
            s.set_password(account.id, better, cx.now, false).await?;
        }
        Ok(SignedIn::Opened(open(s, self.tokens, self.policy, cx, &account).await?))
    }
}

/// Opens a session for an account that may have one, however it was shown to be theirs.
pub(crate) async fn open<S: People + Sessions + Emit>(
    s: &S,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    account: &Account,
) -> Result<SessionTokens> {
    let session = cx.new_id();
    let (refresh_token, new) = next_token(cx, session, policy.end(cx.now, cx.now));
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
