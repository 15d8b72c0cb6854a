//! A colleague lost their second factor and the recovery codes with it.

use kernel::{Cx, Error, ProblemCode, Result, Tx, db::Emit, id::UserId};

use crate::{
    domain::sign_in::events::TotpReset,
    policy::{MANAGE_STAFF, holds_all},
    ports::{People, SecondFactors},
    queries::{access::actor::permissions_of, people::list::people_by_ids},
};

/// Takes away somebody's second factor; `catalog` lists the names of all permissions. Nobody does it to who may more than
/// they do, and nobody to themselves, for whom `disable_totp` asks for a code. Where there is none, nothing happens.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for oneself and for who may more.
pub async fn reset_totp(tx: &Tx, cx: &Cx, id: UserId, catalog: &[&str]) -> Result<()> {
    cx.require(MANAGE_STAFF)?;
    if people_by_ids(tx.conn(), cx, &[id]).await?.is_empty() {
        return Err(Error::NotFound { what: "User" });
    }
    if cx.person().is_ok_and(|own| own.id == id) {
        return Err(Error::invalid("userId", ProblemCode::NotAllowed, "use disableTotp for your own"));
    }
    holds_all(cx, "userId", &permissions_of(tx.conn(), id, catalog).await?)?;
    let account = tx.lock_account(id).await?.ok_or(Error::NotFound { what: "User" })?;
    if account.totp_secret.is_some() {
        tx.set_secret(id, None, cx.now).await?;
        tx.emit(cx, &TotpReset { user: id });
    }
    Ok(())
}
