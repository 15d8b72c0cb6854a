//! A person shows that mail to their address reaches them.

use kernel::{Cx, Db, Error, ProblemCode, Result, db::Emit, id::UserId};
use serde::{Deserialize, Serialize};

use super::links::count_try;
use crate::{
    adapters::password::Passwords,
    domain::sign_in::{
        account_events::EmailVerified,
        one_time::{ACCOUNT, hash_of, refused},
    },
    ports::{
        People,
        sign_in::{Accounts, OneTimeTokens},
    },
    queries::sign_in::good,
    store::sign_in::one_time_token::Purpose,
};

/// Whose address is theirs from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Verified {
    /// Who.
    pub user: UserId,
    /// Their address.
    pub email: String,
}

/// Uses the link of a registration, or of a request for another one. Public. What the person said when they registered
/// takes hold, their password with it; they sign in next.
///
/// Whoever registered shows the password that they chose then: the mail may have reached somebody else, whose address they
/// typed, and who must not let them in by following a link (CVE-2026-44707 elsewhere).
///
/// # Errors
/// [`Error::Invalid`] with [`ProblemCode::InvalidToken`], or with [`ProblemCode::InvalidCredentials`], after which the
/// token stays good; [`Error::RateLimited`].
pub async fn verify_email(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    token: &str,
    password: Option<&str>,
    limited: bool,
) -> Result<Verified> {
    count_try(db, cx, limited).await?;
    let hash = hash_of(token, ACCOUNT).ok_or_else(refused)?;
    let found = good(&db.reader(cx).await?, &hash, Purpose::VerifyEmail, cx.now).await?.ok_or_else(refused)?;
    if let Some(said) = found.payload()?.registration
        && !passwords.verify(password.unwrap_or_default(), Some(&said.password_hash)).await?
    {
        let message = "is not the password that was chosen when this address was registered";
        return Err(Error::invalid("password", ProblemCode::InvalidCredentials, message));
    }
    let hash = &hash;
    db.transact(cx, "account.verify_email", |tx| async move {
        let spent = tx.spend(hash, &[Purpose::VerifyEmail], cx.now).await?.ok_or_else(refused)?;
        // Somebody who verified by other means meanwhile has a password that is theirs, or none on purpose.
        let owner = tx.lock_account(spent.user).await?.filter(|owner| owner.is_active && !owner.verified);
        let owner = owner.ok_or_else(refused)?;
        tx.verify(owner.id, spent.payload.registration.as_ref(), cx.now).await?;
        tx.end_tokens(owner.id).await?;
        tx.emit(cx, &EmailVerified { user: owner.id });
        Ok(Verified { user: owner.id, email: owner.email })
    })
    .await
}
