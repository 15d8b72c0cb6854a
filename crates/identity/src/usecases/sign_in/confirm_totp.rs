//! Somebody shows that they have their second factor.

use kernel::{Cx, Db, Error, ProblemCode, Result, cx::Duty, db::Emit};

use super::{
    proof,
    second_factor::{accepts_code, new_codes},
};
use crate::{
    domain::sign_in::{events::TotpConfirmed, totp::Typed},
    policy::in_session,
    ports::{People, SecondFactors},
};

/// Takes the first code and returns the recovery codes, shown once. From now on signing in takes a code.
///
/// # Errors
/// [`Error::Invalid`] for a wrong code, or where there is nothing to confirm; [`Error::RateLimited`].
pub async fn confirm_totp(db: &Db, cx: &Cx, code: &str, limited: bool) -> Result<Vec<String>> {
    let person = in_session(cx, &[Duty::EnrolSecondFactor])?;
    proof::count(db, cx, person, limited).await?;
    let codes = db
        .transact(cx, "totp.confirm", |tx| async move {
            let account = tx.lock_account(person.id).await?.ok_or(Error::Unauthenticated)?;
            if account.totp_confirmed || account.totp_secret.is_none() {
                return Err(Error::invalid("code", ProblemCode::NotAllowed, "there is no second factor to confirm"));
            }
            let Some(Typed::Code(code)) = Typed::of(code) else { return Err(proof::wrong_code("code")) };
            if !accepts_code(&tx, db.keyring(), cx, &account, &code).await? {
                return Err(proof::wrong_code("code"));
            }
            tx.confirm_secret(account.id, cx.now).await?;
            tx.emit(cx, &TotpConfirmed { user: account.id });
            new_codes(&tx, cx, account.id).await
        })
        .await?;
    proof::clear(db, cx, person, limited).await?;
    Ok(codes)
}
