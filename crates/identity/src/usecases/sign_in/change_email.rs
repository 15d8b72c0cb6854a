//! A person gets another address, when both the old and the new one agree.

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, db::Emit, id::UserId, limit::Limit, text::Check};
use serde::{Deserialize, Serialize};

use super::{
    links::{count_try, letter, may_mail, new_token},
    proof,
};
use crate::usecases::people::deactivate_person::give_up;
use crate::{
    adapters::password::Passwords,
    domain::{
        mail::links::Links,
        sign_in::{
            account_events::{EmailChangeConfirmed, EmailChangeRequested, EmailChanged},
            one_time::{ACCOUNT, Payload, hash_of, refused},
        },
    },
    mail::{Opens, Template, TemplatedMail, queue_mail},
    policy::in_session,
    ports::{
        ExternalIdentities, People, Who,
        sign_in::{Accounts, OneTimeTokens},
    },
    queries::access::actor::account,
    store::sign_in::one_time_token::Purpose,
};

/// Changes asked for by one person: each sends two mails.
const BY_ACCOUNT: Limit = Limit { name: "changes of address", attempts: 10, window: Duration::from_secs(60 * 60) };

/// Asks for another address; mails links to the old one and the new one. Says the same whether anybody has the new one:
/// whoever has is told by mail, and gets no link.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Invalid`] for a wrong password, or what is no other address;
/// [`Error::RateLimited`].
pub async fn request_email_change(
    db: &Db,
    passwords: &Passwords,
    links: &Links,
    cx: &Cx,
    new_email: &str,
    password: &str,
    limited: bool,
) -> Result<()> {
    let own = in_session(cx, &[])?;
    if limited {
        BY_ACCOUNT.count(&db.bookkeeping(cx).await?, cx, &own.id.to_string()).await?;
    }
    let proof = &proof::by_password(db, passwords, cx, own, password, limited).await?;
    // Past the limit of the new address it gets no mail, as if it had asked for links itself.
    let new_address = match kernel::text::email(new_email).filter(|_| limited && proof.is_right()) {
        Some(email) => may_mail(db, cx, &email).await?,
        None => true,
    };
    let asked = db.transact(cx, "account.request_email_change", |tx| async move {
        let mut check = Check::default();
        let email = check.email("newEmail", new_email);
        check.done()?;
        let person = proof.account(&tx, "password").await?;
        let id = person.id;
        if email == person.email {
            return Err(Error::invalid("newEmail", ProblemCode::NotAllowed, "is your address already"));
        }
        let payload = Payload { email: Some(email.clone()), ..Payload::default() };
        let old = new_token(&tx, cx, id, Purpose::ChangeEmailOld, payload.clone()).await?;
        let new = new_token(&tx, cx, id, Purpose::ChangeEmailNew, payload).await?;
        let expires = || ("expires", "24 hours".to_owned());
        let variables = vec![("new_email", email.clone()), ("link", links.confirm_email(&old)), expires()];
        letter(&tx, db, cx, &person, Template::ChangeEmailOld, variables).await?;
        // A mere registration keeps nobody from the address: whoever follows the link has shown that it is theirs.
        // Both are asked of every address, so that the time does not tell whether anybody has it.
        let registered = tx.find_person(Who::Email(&email)).await?.is_some_and(|owner| owner.is_registration());
        match account(tx.conn(), Some(&email)).await?.filter(|_| !registered) {
            _ if !new_address => {}
            None => {
                // Whoever reads it need not be the person, and is told nothing that the person wrote.
                let variables = vec![("link", links.confirm_email(&new)), expires()];
                let (template, opens) = (Template::ChangeEmailNew, Opens::Account(id));
                let to_new = TemplatedMail { to: email.clone(), name: None, template, variables, opens };
                queue_mail(&tx, cx, db.keyring(), &to_new).await?;
            }
            Some(owner) => {
                let variables = vec![("link", links.forgot_password())];
                letter(&tx, db, cx, &owner, Template::AlreadyRegistered, variables).await?;
            }
        }
        tx.emit(cx, &EmailChangeRequested { user: id, email });
        Ok(())
    });
    asked.await?;
    proof::clear(db, cx, own, limited).await
}

/// What came of a confirmation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Confirmed {
    /// Whose address changes.
    pub user: UserId,
    /// Whether both agreed, and it has changed.
    pub changed: bool,
}

/// Uses one of the two links. Public.
///
/// # Errors
/// [`Error::Invalid`]: the token is no good, or somebody got the new address meanwhile; [`Error::RateLimited`].
pub async fn confirm_email_change(db: &Db, cx: &Cx, token: &str, limited: bool) -> Result<Confirmed> {
    count_try(db, cx, limited).await?;
    let hash = &hash_of(token, ACCOUNT);
    db.transact(cx, "account.confirm_email_change", |tx| async move {
        let hash = hash.as_ref().ok_or_else(refused)?;
        let both = [Purpose::ChangeEmailOld, Purpose::ChangeEmailNew];
        let spent = tx.spend(hash, &both, cx.now).await?.ok_or_else(refused)?;
        // From here on the two links of a person are used one after the other, so one of them sees the other's.
        let person = tx.lock_account(spent.user).await?.filter(|person| person.is_active).ok_or_else(refused)?;
        let email = spent.payload.email.ok_or_else(refused)?;
        let other = if spent.purpose == both[0] { both[1] } else { both[0] };
        let agreed = tx.newest(person.id, other).await?;
        if !agreed.is_some_and(|(payload, used)| used && payload.email.as_deref() == Some(&email)) {
            tx.emit(cx, &EmailChangeConfirmed { user: person.id, by: spent.purpose });
            return Ok(Confirmed { user: person.id, changed: false });
        }
        match tx.find_person(Who::Email(&email)).await? {
            None => {}
            Some(owner) if owner.is_registration() => give_up(&tx, cx, &owner).await?,
            Some(_) => {
                let taken = "somebody has this address already";
                return Err(Error::invalid("token", ProblemCode::NotAvailable, taken));
            }
        }
        tx.change_email(person.id, &email, cx.now).await?;
        // Links that went to the old address are good no more.
        tx.end_tokens(person.id).await?;
        let variables = vec![("old_email", person.email.clone()), ("new_email", email.clone())];
        letter(&tx, db, cx, &person, Template::EmailChanged, variables).await?;
        tx.emit(cx, &EmailChanged { user: person.id, old: person.email, new: email });
        Ok(Confirmed { user: person.id, changed: true })
    })
    .await
}
