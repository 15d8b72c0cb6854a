//! Somebody sets up a second factor: first they get its secret.

use kernel::{Cx, Db, Error, ProblemCode, Result, cx::Duty, db::Emit};
use serde::{Deserialize, Serialize};

use super::{proof, second_factor::bound_to};
use crate::{
    adapters::password::Passwords,
    domain::sign_in::{events::TotpBegun, totp},
    policy::in_session,
    ports::SecondFactors,
};

/// A secret, shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// As people type it into an app.
    pub secret: String,
    /// As an app reads it from a picture: `otpauth://totp/…`.
    pub uri: String,
}

/// Gives a secret that is asked for as soon as it is confirmed; one given before and not confirmed is no good any more.
/// People who have a password show it first, so that nobody else can lock them out through an open window.
///
/// # Errors
/// [`Error::Invalid`] for a wrong password, or where a second factor is set up; [`Error::RateLimited`].
pub async fn begin_totp(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    password: Option<&str>,
    limited: bool,
) -> Result<Enrolment> {
    let person = in_session(cx, &[Duty::EnrolSecondFactor])?;
    let proof = proof::by_password(db, passwords, cx, person, password.unwrap_or_default(), limited).await?;
    let proof = &proof;
    let enrolment = db
        .transact(cx, "totp.begin", |tx| async move {
            let account = proof.account_if_any(&tx, "password").await?;
            if account.totp_confirmed {
                let message = "a second factor is set up already";
                return Err(Error::invalid("", ProblemCode::NotAllowed, message));
            }
            let secret: [u8; 20] = cx.random();
            let sealed = db.keyring().encrypt(cx.source(), &bound_to(account.id), &secret)?;
            tx.set_secret(account.id, Some(sealed), cx.now).await?;
            tx.emit(cx, &TotpBegun { user: account.id });
            Ok(Enrolment { secret: totp::shown(&secret), uri: totp::uri(&cx.tenant.name, &account.email, &secret) })
        })
        .await?;
    proof::clear(db, cx, person, limited).await?;
    Ok(enrolment)
}
