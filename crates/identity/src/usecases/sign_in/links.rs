//! Links that are mailed to whoever asks for them, signed out.
//!
//! The request itself never looks whether anybody has the address: it queues a job, for every address alike, and the
//! job looks. So neither its answer nor its time can tell.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, Result, Tx,
    db::Emit,
    jobs::{self, Enqueue, Job, Work},
    limit::Limit,
    text::Check,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        mail::links::Links,
        sign_in::{
            account_events::LinkRequested,
            one_time::{ACCOUNT, Payload, fresh},
        },
    },
    mail::{Opens, Template, TemplatedMail, queue_mail},
    ports::{
        Account,
        sign_in::{NewOneTimeToken, OneTimeTokens},
    },
    queries::access::actor::account,
    store::sign_in::one_time_token::Purpose,
};

/// Links asked for from one address.
const BY_ADDRESS: Limit = Limit { name: "links by address", attempts: 20, window: Duration::from_secs(10 * 60) };
/// Mails to one person that others can cause. Past it, requests are taken and nothing is sent: a refusal would tell
/// whether somebody else had asked, and would let anybody keep the person from asking.
const BY_RECIPIENT: Limit = Limit { name: "links by recipient", attempts: 6, window: Duration::from_secs(60 * 60) };
/// Tokens tried from one address.
const TRIES: Limit = Limit { name: "tokens by address", attempts: 100, window: Duration::from_secs(15 * 60) };

/// Which link somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The one that shows that an address is theirs.
    VerifyEmail,
    /// The one that sets another password.
    ResetPassword,
}

/// The job: send this link, where there is somebody to send it to.
#[derive(Serialize, Deserialize)]
pub struct SendLink {
    purpose: Purpose,
    email: String,
    limited: bool,
}

impl Work for SendLink {
    const KIND: &'static str = "identity.send_link";
}

/// Asks for a link by mail. Public.
///
/// # Errors
/// [`Error::Invalid`] for what is no address; [`Error::RateLimited`].
pub async fn request_link(db: &Db, cx: &Cx, link: Link, email: &str, limited: bool) -> Result<()> {
    if limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    let purpose = match link {
        Link::VerifyEmail => Purpose::VerifyEmail,
        Link::ResetPassword => Purpose::ResetPassword,
    };
    db.transact(cx, "account.request_link", |tx| async move {
        let mut check = Check::default();
        let email = check.email("email", email);
        check.done()?;
        tx.enqueue(cx, &SendLink { purpose, email: email.clone(), limited }).await?;
        tx.emit(cx, &LinkRequested { purpose, email });
        Ok(())
    })
    .await
}

/// Sends the link of a job to whoever has the address; to nobody, where nobody has.
pub async fn send_link(db: &Db, links: &Links, cx: &Cx, job: &Job) -> Result<()> {
    let work: SendLink = job.work()?;
    let send = !work.limited || may_mail(db, cx, &work.email).await?;
    let work = &work;
    db.transact(cx, "account.send_link", |tx| async move {
        let owner = if send { account(tx.conn(), Some(&work.email)).await? } else { None };
        match (work.purpose, owner.filter(|owner| owner.is_active)) {
            (Purpose::VerifyEmail, Some(owner)) if !owner.verified => {
                // What they said when they registered is in the link that this one replaces.
                let said = tx.newest(owner.id, Purpose::VerifyEmail).await?.filter(|(_, used)| !used);
                mail_verification(&tx, db, links, cx, &owner.email, owner.id, said.unwrap_or_default().0).await?;
            }
            (Purpose::ResetPassword, Some(owner)) => {
                let token = new_token(&tx, cx, owner.id, Purpose::ResetPassword, Payload::default()).await?;
                let variables = vec![("link", links.reset_password(&token)), ("expires", "1 hour".into())];
                letter(&tx, db, cx, &owner, Template::ResetPassword, variables).await?;
            }
            _ => {}
        }
        jobs::finish(&tx, job).await
    })
    .await
}

/// Counts a mail that somebody signed out has caused; whether it may go out.
pub(crate) async fn may_mail(db: &Db, cx: &Cx, email: &str) -> Result<bool> {
    match BY_RECIPIENT.count(&db.bookkeeping(cx).await?, cx, email).await {
        Ok(()) => Ok(true),
        Err(Error::RateLimited { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Counts a try of a token.
pub(crate) async fn count_try(db: &Db, cx: &Cx, limited: bool) -> Result<()> {
    if limited {
        TRIES.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    Ok(())
}

/// Makes a token for a person; the one before it ends.
pub(crate) async fn new_token(
    tx: &Tx,
    cx: &Cx,
    user: kernel::id::UserId,
    purpose: Purpose,
    payload: Payload,
) -> Result<String> {
    let (token, hash) = fresh(cx.source(), ACCOUNT);
    tx.put(&NewOneTimeToken { id: cx.new_id(), user, purpose, hash, payload, at: cx.now }).await?;
    Ok(token)
}

/// Queues the mail that asks whether an address is theirs. It holds nothing that whoever registered wrote: they may have
/// written it for the eyes of the address's owner.
pub(crate) async fn mail_verification(
    tx: &Tx,
    db: &Db,
    links: &Links,
    cx: &Cx,
    to: &str,
    user: kernel::id::UserId,
    payload: Payload,
) -> Result<()> {
    let token = new_token(tx, cx, user, Purpose::VerifyEmail, payload).await?;
    let variables = vec![("link", links.verify_email(&token)), ("expires", "24 hours".into())];
    let letter = TemplatedMail {
        to: to.into(),
        name: None,
        template: Template::VerifyEmail,
        variables,
        opens: Opens::Account(user),
    };
    queue_mail(tx, cx, db.keyring(), &letter).await
}

/// Queues a mail to a person. Their name is in it once the address is known to be theirs: until then whoever registered with
/// it may have written the name, for the eyes of somebody else.
pub(crate) async fn letter(
    tx: &Tx,
    db: &Db,
    cx: &Cx,
    to: &Account,
    template: Template,
    variables: Vec<(&'static str, String)>,
) -> Result<()> {
    let name = to.verified.then(|| to.name.clone());
    let letter = TemplatedMail { to: to.email.clone(), name, template, variables, opens: Opens::Account(to.id) };
    queue_mail(tx, cx, db.keyring(), &letter).await
}
