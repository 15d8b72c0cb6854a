//! Somebody needs new recovery codes.

use kernel::{Cx, Db, Result, db::Emit};

use super::{
    proof,
    second_factor::{accepts, new_codes},
};
use crate::{adapters::password::Passwords, domain::sign_in::events::RecoveryCodesReplaced, policy::in_session};

/// New recovery codes, shown once, for a password and a code; the old ones are no good any more.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong password or code; [`kernel::Error::RateLimited`].
pub async fn regenerate_recovery_codes(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    (password, code): (&str, &str),
    limited: bool,
) -> Result<Vec<String>> {
    let person = in_session(cx, &[])?;
    let proof = proof::by_password(db, passwords, cx, person, password, limited).await?;
    proof::count_code(db, cx, person, limited).await?;
    let proof = &proof;
    let codes = db
        .transact(cx, "recovery_codes.replace", |tx| async move {
            let account = proof.account(&tx, "password").await?;
            if !account.totp_confirmed || !accepts(&tx, db.keyring(), cx, &account, code).await? {
                return Err(proof::wrong_code("code"));
            }
            tx.emit(cx, &RecoveryCodesReplaced { user: account.id });
            new_codes(&tx, cx, account.id).await
        })
        .await?;
    proof::clear_code(db, cx, person, limited).await?;
    Ok(codes)
}
