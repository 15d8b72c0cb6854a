//! Somebody wants to see whether the mail server works.

use std::time::Duration;

use kernel::{Cx, Db, Error, ProblemCode, Result, crypto::Keyring, db::Emit, limit::Limit, text::Check};

use crate::{
    domain::mail::events::SmtpTested,
    mail::{Mail, MailTransport, Step, Template, render},
    policy::MANAGE_SETTINGS,
    ports::MailSetup,
    queries::mail::server::{mail_server, smtp_settings},
};

/// Test mails of one tenant.
const TESTS: Limit = Limit { name: "test mails", attempts: 20, window: Duration::from_secs(10 * 60) };

/// A test mail to be sent.
#[derive(Debug, Clone)]
pub struct TestSmtp {
    /// To whom.
    pub to: String,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// Sends a test mail through the company's own server, active or not, and tells every step with the server's words.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SETTINGS`]; [`Error::Invalid`] for a bad address, where there is no server, and where
/// the test mail is off; [`Error::RateLimited`].
pub async fn test_smtp(
    db: &Db,
    post: &dyn MailTransport,
    keyring: &Keyring,
    cx: &Cx,
    cmd: &TestSmtp,
) -> Result<Vec<Step>> {
    // In a transaction of its own, so that a refusal is recorded as every other; the mail goes out after it.
    let unkeyed = &cx.keyed(None);
    let to = db.transact(unkeyed, "smtp_settings.test", |tx| async move { allowed(&tx, unkeyed, cmd).await }).await?;
    if cmd.limited {
        TESTS.count(&db.bookkeeping(cx).await?, cx, "").await?;
    }
    let conn = db.reader(cx).await?;
    let row = smtp_settings(&conn, cx).await?.ok_or_else(no_server)?;
    let server = mail_server(cx, keyring, row)?;
    let off = || Error::invalid("", ProblemCode::NotAllowed, "the test mail is switched off");
    let rendered = render(&conn, cx, Template::TestMail, &to, &[]).await?.ok_or_else(off)?;
    drop(conn);
    let id = cx.new_id::<kernel::id::JobId>().to_string();
    let mail = Mail { name: String::new(), to, rendered, id, attachment: None, ended_at: None };
    let steps = post.rehearse(&server, &mail).await;
    let (steps, to) = (&steps, &mail.to);
    db.transact(cx, "smtp_settings.test", |tx| async move {
        tx.emit(cx, &SmtpTested { to: to.clone(), ok: steps.iter().all(|step| step.ok) });
        Ok(steps.clone())
    })
    .await
}

/// The address that the test goes to, where it may.
async fn allowed<S: MailSetup>(s: &S, cx: &Cx, cmd: &TestSmtp) -> Result<String> {
    cx.require(MANAGE_SETTINGS)?;
    let mut check = Check::default();
    let to = check.email("to", &cmd.to);
    check.done()?;
    s.smtp().await?.map(|_| to).ok_or_else(no_server)
}

fn no_server() -> Error {
    Error::invalid("", ProblemCode::NotAvailable, "no mail server is set")
}
