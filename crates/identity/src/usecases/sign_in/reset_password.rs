//! A person sets another password by a link.

use kernel::{
    Cx, Db, Result,
    db::Emit,
    id::{SessionId, UserId},
    text::Check,
};
use serde::{Deserialize, Serialize};

use super::links::{count_try, letter};
use crate::{
    adapters::password::Passwords,
    domain::sign_in::{
        account_events::PasswordReset,
        one_time::{ACCOUNT, hash_of, refused},
        password_rules,
    },
    mail::Template,
    ports::{
        People, Sessions,
        sign_in::{Accounts, OneTimeTokens},
    },
    queries::sign_in::owner,
    store::{sessions::session::Reason, sign_in::one_time_token::Purpose},
};

/// Whose password was set, and the sessions that ended with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reset {
    /// Who.
    pub user: UserId,
    /// Their sessions until now.
    pub ended: Vec<SessionId>,
}

/// Uses the link of [`request_link`](super::links::request_link). Public. The address is verified by it too; every session
/// and every other link of the person ends, and they are told by mail.
///
/// # Errors
/// [`kernel::Error::Invalid`]: the token is no good, or the password is not; then the token stays good.
pub async fn reset_password(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    token: &str,
    new_password: &str,
    limited: bool,
) -> Result<Reset> {
    count_try(db, cx, limited).await?;
    let hash = hash_of(token, ACCOUNT).ok_or_else(refused)?;
    // Looked at before a password is hashed, which is the expensive part; used below, in one statement.
    let person = owner(&db.reader(cx).await?, &hash, Purpose::ResetPassword, cx.now).await?.ok_or_else(refused)?;
    let mut check = Check::default();
    password_rules::check(&mut check, "newPassword", new_password, &[&person.email, &person.name]);
    check.done()?;
    let password_hash = &passwords.hash(cx.source(), new_password).await?;
    let hash = &hash;
    db.transact(cx, "account.reset_password", |tx| async move {
        let spent = tx.spend(hash, &[Purpose::ResetPassword], cx.now).await?.ok_or_else(refused)?;
        let person = tx.lock_account(spent.user).await?.filter(|person| person.is_active).ok_or_else(refused)?;
        tx.set_password(person.id, password_hash, cx.now, true).await?;
        if !person.verified {
            tx.verify(person.id, None, cx.now).await?;
        }
        let ended = tx.end_all(person.id, None, cx.now, Reason::PasswordChanged).await?;
        tx.end_tokens(person.id).await?;
        let at = cx.now.format("%-d %B %Y, %H:%M UTC").to_string();
        letter(&tx, db, cx, &person, Template::PasswordChanged, vec![("at", at)]).await?;
        tx.emit(cx, &PasswordReset { user: person.id });
        Ok(Reset { user: person.id, ended })
    })
    .await
}
