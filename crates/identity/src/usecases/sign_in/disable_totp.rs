//! Somebody gives up their second factor.

use kernel::{Cx, Db, Result, db::Emit};

use super::{proof, second_factor::accepts};
use crate::{
    adapters::password::Passwords, domain::sign_in::events::TotpDisabled, policy::in_session, ports::SecondFactors,
};

/// Forgets the second factor and its recovery codes, for a password and a code. Whose role requires one has to set up
/// another before anything else.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong password or code; [`kernel::Error::RateLimited`].
pub async fn disable_totp(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    (password, code): (&str, &str),
    limited: bool,
) -> Result<()> {
    let person = in_session(cx, &[])?;
    let proof = proof::by_password(db, passwords, cx, person, password, limited).await?;
    proof::count_code(db, cx, person, limited).await?;
    let proof = &proof;
    db.transact(cx, "totp.disable", |tx| async move {
        let account = proof.account(&tx, "password").await?;
        if !account.totp_confirmed || !accepts(&tx, db.keyring(), cx, &account, code).await? {
            return Err(proof::wrong_code("code"));
        }
        tx.set_secret(account.id, None, cx.now).await?;
        tx.emit(cx, &TotpDisabled { user: account.id });
        Ok(())
    })
    .await?;
    proof::clear_code(db, cx, person, limited).await
}
