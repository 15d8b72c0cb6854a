//! A person shows that mail to their address reaches them.

use kernel::{Cx, Db, Result, db::Emit, id::UserId};
use serde::{Deserialize, Serialize};

use super::links::count_try;
use crate::{
    domain::{
        account_events::EmailVerified,
        one_time::{ACCOUNT, hash_of, refused},
    },
    ports::self_service::{Accounts, OneTimeTokens},
    store::one_time_token::Purpose,
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
/// # Errors
/// [`kernel::Error::Invalid`] with [`kernel::ProblemCode::InvalidToken`]; [`kernel::Error::RateLimited`].
pub async fn verify_email(db: &Db, cx: &Cx, token: &str, limited: bool) -> Result<Verified> {
    count_try(db, cx, limited).await?;
    let hash = &hash_of(token, ACCOUNT);
    db.transact(cx, "account.verify_email", |tx| async move {
        let hash = hash.as_ref().ok_or_else(refused)?;
        let spent = tx.spend(hash, &[Purpose::VerifyEmail], cx.now).await?.ok_or_else(refused)?;
        // Somebody who verified by other means meanwhile has a password that is theirs, or none on purpose.
        let owner = tx.locked(spent.user).await?.filter(|owner| owner.is_active && owner.email_verified_at.is_none());
        let owner = owner.ok_or_else(refused)?;
        tx.verify(owner.id, spent.payload.registration.as_ref(), cx.now).await?;
        tx.end_tokens(owner.id).await?;
        tx.emit(cx, &EmailVerified { user: owner.id });
        Ok(Verified { user: owner.id, email: owner.email })
    })
    .await
}
