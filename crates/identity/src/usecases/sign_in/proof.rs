//! Somebody who is signed in shows that it is still them, before they change how they sign in.

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, cx::UserActor, limit::Limit};

use crate::{
    adapters::password::Passwords,
    ports::{Account, People},
    queries::access::actor::account_by_id,
};

/// Attempts of one person: whoever found an open window must not try them all.
const BY_PERSON: Limit = Limit { name: "proof by person", attempts: 10, window: Duration::from_secs(15 * 60) };

/// Codes of one person's second factor, counted by themselves: who has the password sees a success of it, and must not try
/// more codes for that.
const FACTOR: Limit = Limit { name: "second factor by person", attempts: 10, window: Duration::from_secs(15 * 60) };

/// A password that was typed, and whether it was the account's at that moment.
pub(crate) struct Proof {
    account: Account,
    right: bool,
}

async fn add(limit: &Limit, db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    match limited {
        true => limit.count(&db.bookkeeping(cx).await?, cx, &person.id.to_string()).await,
        false => Ok(()),
    }
}

async fn forget(limit: &Limit, db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    match limited {
        true => limit.clear(&db.bookkeeping(cx).await?, &person.id.to_string()).await,
        false => Ok(()),
    }
}

/// Counts an attempt.
pub(crate) async fn count(db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    add(&BY_PERSON, db, cx, person, limited).await
}

/// Forgets the attempts, after a success.
pub(crate) async fn clear(db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    forget(&BY_PERSON, db, cx, person, limited).await
}

/// Counts a try of the second factor's code.
pub(crate) async fn count_code(db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    add(&FACTOR, db, cx, person, limited).await
}

/// Forgets the tries and the attempts, after a right code.
pub(crate) async fn clear_code(db: &Db, cx: &Cx, person: &UserActor, limited: bool) -> Result<()> {
    forget(&FACTOR, db, cx, person, limited).await?;
    clear(db, cx, person, limited).await
}

/// Counts an attempt and checks the password; outside of the transaction, because it takes long.
pub(crate) async fn by_password(
    db: &Db,
    passwords: &Passwords,
    cx: &Cx,
    person: &UserActor,
    password: &str,
    limited: bool,
) -> Result<Proof> {
    count(db, cx, person, limited).await?;
    let account = account_by_id(&db.reader(cx).await?, person.id).await?.ok_or(Error::Unauthenticated)?;
    let right = passwords.verify(password, account.password_hash.as_deref()).await?;
    Ok(Proof { account, right })
}

impl Proof {
    /// Whether the password was right.
    pub(crate) fn is_right(&self) -> bool {
        self.right
    }

    /// The account as it was when the password was checked.
    pub(crate) fn seen(&self) -> &Account {
        &self.account
    }

    /// The same as [`Proof::account`], and of who has no password, none is asked.
    pub(crate) async fn account_if_any<S: People>(&self, s: &S, field: &str) -> Result<Account> {
        if self.account.password_hash.is_none() {
            let account = s.lock_account(self.account.id).await?.ok_or(Error::Unauthenticated)?;
            if account.password_hash.is_none() {
                return Ok(account);
            }
        }
        self.account(s, field).await
    }

    /// The account, which stays as it is until the transaction ends.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `field` where the password was wrong, or is not the account's any more.
    pub(crate) async fn account<S: People>(&self, s: &S, field: &str) -> Result<Account> {
        let account = s.lock_account(self.account.id).await?.ok_or(Error::Unauthenticated)?;
        if self.right && account.password_hash == self.account.password_hash {
            return Ok(account);
        }
        Err(Error::invalid(field, ProblemCode::InvalidCredentials, "the password is wrong"))
    }
}

/// The answer to a wrong code.
pub(crate) fn wrong_code(field: &str) -> Error {
    Error::invalid(field, ProblemCode::InvalidCredentials, "the code is wrong or was used before")
}
