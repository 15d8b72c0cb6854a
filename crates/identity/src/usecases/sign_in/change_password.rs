//! Somebody chooses another password.

use kernel::{Cx, Db, ProblemCode, Result, cx::Duty, db::Emit, id::SessionId, text::Check};

use super::{links::letter, proof};
use crate::{
    adapters::password::Passwords,
    domain::sign_in::{events::PasswordChanged, password_rules},
    mail::Template,
    policy::in_session,
    ports::{Account, People, Sessions, sign_in::OneTimeTokens},
    store::sessions::session::Reason,
};

/// A password for another.
#[derive(Clone)]
pub struct ChangePassword {
    /// The present one.
    pub current: String,
    /// The one to come.
    pub new: String,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// Changes one's own password, ends all one's other sessions, which are returned, and the links in mails, and tells the
/// person by mail.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a wrong present password or a new one that breaks the rules;
/// [`kernel::Error::RateLimited`].
pub async fn change_password(db: &Db, passwords: &Passwords, cx: &Cx, cmd: &ChangePassword) -> Result<Vec<SessionId>> {
    let person = in_session(cx, &[Duty::ChangePassword, Duty::EnrolSecondFactor])?;
    let proof = proof::by_password(db, passwords, cx, person, &cmd.current, cmd.limited).await?;
    let rules = rules(proof.seen(), &cmd.current, &cmd.new);
    // Hashing takes too long for a transaction, and is not worth it for what is refused.
    let hash =
        if proof.is_right() && rules.is_ok() { passwords.hash(cx.source(), &cmd.new).await? } else { String::new() };
    let (proof, rules, hash) = (&proof, &rules, &hash);
    let ended = db
        .transact(cx, "password.change", |tx| async move {
            // Of the new one nothing is said before the present one was right.
            let account = proof.account(&tx, "currentPassword").await?;
            rules.clone()?;
            tx.set_password(account.id, hash, cx.now, true).await?;
            tx.end_tokens(account.id).await?;
            let at = cx.now.format("%-d %B %Y, %H:%M UTC").to_string();
            letter(&tx, db, cx, &account, Template::PasswordChanged, vec![("at", at)]).await?;
            tx.emit(cx, &PasswordChanged { user: account.id });
            tx.end_all(account.id, person.session, cx.now, Reason::PasswordChanged).await
        })
        .await?;
    proof::clear(db, cx, person, cmd.limited).await?;
    Ok(ended)
}

/// Whether a new password may be taken.
fn rules(account: &Account, current: &str, new: &str) -> Result<()> {
    let mut check = Check::default();
    password_rules::check(&mut check, "newPassword", new, &[&account.email, &account.name]);
    if password_rules::stored_form(current) == password_rules::stored_form(new) {
        check.problem("newPassword", ProblemCode::NotAllowed, "must not be the present password");
    }
    check.done()
}
