//! Somebody asks for the newsletter.
//!
//! The request itself never looks whether the address is known: it queues a job, for every address alike, and the job looks. So
//! neither its answer nor its time can tell.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, Result, Tx,
    crypto::token,
    db::Emit,
    jobs::{self, Enqueue, Job, Work},
    limit::Limit,
    record::Records,
    text::Check,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::newsletter_events::NewsletterRequested,
    limits,
    ports::{Newsletter, NewsletterMail},
    store::newsletter_subscription::{Entity as Subscriptions, Model as NewsletterSubscription, NewsletterStatus},
};

/// Requests from one address.
const BY_ADDRESS: Limit = Limit { name: "newsletter by address", attempts: 20, window: Duration::from_secs(10 * 60) };
/// Mails to one address that others can cause. Past it requests are taken and nothing is sent: a refusal would tell that
/// somebody had asked.
const BY_RECIPIENT: Limit =
    Limit { name: "newsletter by recipient", attempts: 4, window: Duration::from_secs(60 * 60) };

/// What the form sends.
#[derive(Debug, Clone, Default)]
pub struct SubscribeToNewsletter {
    /// The address.
    pub email: String,
    /// Where it is asked for.
    pub source: Option<String>,
    /// A field that people do not see: whoever fills it is a program.
    pub honeypot: Option<String>,
    /// Whether requests are limited by address.
    pub limited: bool,
}

/// The job: ask the address's owner.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskSubscriber {
    /// The address.
    pub email: String,
    /// Where it was asked for.
    pub source: Option<String>,
    /// The network address that it was asked from.
    pub address: Option<String>,
    /// Whether mails to one address are limited.
    pub limited: bool,
}

impl Work for AskSubscriber {
    const KIND: &'static str = "inbox.ask_subscriber";
}

/// Takes a request for the newsletter; a mail asks whether it is meant. Public, and says the same of every address.
///
/// # Errors
/// [`Error::Invalid`] naming the field that is wrong; [`Error::RateLimited`].
pub async fn subscribe_to_newsletter(db: &Db, cx: &Cx, cmd: &SubscribeToNewsletter) -> Result<()> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    if cmd.honeypot.as_ref().is_some_and(|text| !text.is_empty()) {
        tracing::info!(request_id = %cx.request_id, "a filled honeypot was discarded");
        return Ok(());
    }
    db.transact(cx, "newsletter.request", |tx| async move {
        let mut check = Check::default();
        let email = check.email("email", &cmd.email);
        let source = check.optional_line("source", cmd.source.as_deref(), limits::LINE);
        check.done()?;
        let address = cx.origin.address.map(|address| address.to_string());
        tx.enqueue(cx, &AskSubscriber { email: email.clone(), source, address, limited: cmd.limited }).await?;
        tx.emit(cx, &NewsletterRequested { request: cx.new_id(), email });
        Ok(())
    })
    .await
}

/// Asks the owner of the address of a job whether they want the newsletter: not who has it already, nor whom others have had
/// asked too often.
pub async fn ask_subscriber(db: &Db, mail: &dyn NewsletterMail, cx: &Cx, job: &Job) -> Result<()> {
    let work: AskSubscriber = job.work()?;
    let asks = match BY_RECIPIENT.count(&db.bookkeeping(cx).await?, cx, &work.email).await {
        Err(Error::RateLimited { .. }) => !work.limited,
        counted => counted.map(|()| true)?,
    };
    let work = &work;
    db.transact(cx, "newsletter.ask", |tx| async move {
        if asks {
            ask_owner(&tx, mail, cx, work).await?;
        }
        jobs::finish(&tx, job).await
    })
    .await
}

/// Asks the owner of an address whether they want the newsletter, unless they have it already.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn ask_owner(tx: &Tx, mail: &dyn NewsletterMail, cx: &Cx, work: &AskSubscriber) -> Result<()> {
    let before = tx.or_new(&NewsletterSubscription::new(cx, &work.email)).await?;
    if before.status == NewsletterStatus::Subscribed {
        return Ok(());
    }
    let (mut after, token) = (before.clone(), token(cx.source(), "fdn"));
    after.ask(cx, work.source.as_deref(), work.address.as_deref(), &token);
    Records::<Subscriptions>::update(tx, &before, &after).await?;
    mail.ask(tx, cx, &work.email, &token).await
}
