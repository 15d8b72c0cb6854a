//! Somebody chooses another password.

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    cx::Duty,
    db::Emit,
    id::SessionId,
};

use super::proof;
use crate::{
    adapters::password::Passwords,
    domain::{access_events::PasswordChanged, password_rules},
    policy::in_session,
    ports::{People, Sessions},
    store::session::Reason,
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

/// Changes one's own password and ends all one's other sessions, which are returned.
///
/// # Errors
/// [`Error::Invalid`] for a wrong present password or a new one that breaks the rules; [`Error::RateLimited`].
pub async fn change_password(db: &Db, passwords: &Passwords, cx: &Cx, cmd: &ChangePassword) -> Result<Vec<SessionId>> {
    let person = in_session(cx, &[Duty::ChangePassword, Duty::EnrolSecondFactor])?;
    let proof = proof::by_password(db, passwords, cx, person, &cmd.current, cmd.limited).await?;
    let rules = proof.rules(&cmd.current, &cmd.new);
    // Hashing takes too long for a transaction, and is not worth it for what is refused.
    let hash = if rules.is_ok() { passwords.hash(cx.source(), &cmd.new).await? } else { String::new() };
    let (proof, rules, hash) = (&proof, &rules, &hash);
    let ended = db
        .transact(cx, "password.change", |tx| async move {
            let account = proof.account(&tx, "currentPassword").await?;
            rules.clone()?;
            tx.set_password(account.id, hash, cx.now, true).await?;
            tx.emit(cx, &PasswordChanged { user: account.id });
            tx.end_all(account.id, person.session, cx.now, Reason::PasswordChanged).await
        })
        .await?;
    proof::clear(db, cx, person, cmd.limited).await?;
    Ok(ended)
}

impl proof::Proof {
    /// Whether a new password may be taken; nothing is said before the present one was right.
    fn rules(&self, current: &str, new: &str) -> Result<()> {
        let at_field = |error| match error {
            Error::Invalid(problems) => Error::Invalid(
                problems.into_iter().map(|problem| kernel::Problem { path: vec!["newPassword".into()], ..problem }).collect(),
            ),
            error => error,
        };
        if !self.is_right() {
            return Err(Error::Unauthenticated);
        }
        if current == new {
            return Err(Error::invalid("newPassword", ProblemCode::NotAllowed, "must not be the present password"));
        }
        let about = self.seen();
        password_rules::check(new, &[&about.email, &about.name]).map_err(at_field)
    }
}
