//! Mail by SMTP, or into files where no server is set.

use std::{path::PathBuf, time::Duration};

use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::{file::AsyncFileTransport, smtp},
};

use kernel::text::on_the_wire;

use super::server::MailServer;
use crate::{
    domain::mail::{Address, Attachment, Mail},
    ports::{MailError, Mailer},
};

/// How long a mail server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Mail by SMTP.
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// Mail as `.eml` files in a folder.
pub struct FileMail {
    transport: AsyncFileTransport<Tokio1Executor>,
}

impl SmtpMail {
    /// A server by URL: `smtp://` (plain, or STARTTLS with `?tls=required`) or `smtps://`, with user and password.
    ///
    /// # Errors
    /// A text for the operator, which does not repeat the URL.
    pub fn new(url: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "FRONTDESK_SMTP_URL is not a valid smtp:// or smtps:// URL".to_owned())?;
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).build() })
    }

    /// A server that was looked up already.
    ///
    /// # Errors
    /// [`MailError::Never`] for a name that no certificate can be for.
    pub fn at(server: &MailServer) -> Result<Self, MailError> {
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.address.ip().to_string())
            .port(server.address.port())
            .tls(server.tls()?)
            .timeout(Some(PATIENCE));
        if let Some(credentials) = server.credentials() {
            builder = builder.credentials(credentials);
        }
        Ok(Self { transport: builder.build() })
    }
}

impl FileMail {
    /// Files in `folder`, which must exist.
    pub fn new(folder: PathBuf) -> Self {
        Self { transport: AsyncFileTransport::new(folder) }
    }
}

#[async_trait::async_trait]
impl Mailer for SmtpMail {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.transport.send(build(mail)?).await.map(drop).map_err(|error| match error {
            error if takes_no_such_address(mail, &error) => MailError::Never(NO_SUCH_ADDRESS.into()),
            // 5xx answers are final (RFC 5321, section 4.2.1); everything else may pass.
            error if error.is_permanent() => MailError::Never(error.to_string()),
            error => MailError::Later(error.to_string()),
        })
    }
}

#[async_trait::async_trait]
impl Mailer for FileMail {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.transport.send(build(mail)?).await.map(drop).map_err(|error| MailError::Later(error.to_string()))
    }
}

/// What is said of a mail whose sender or recipient has letters before the `@` that a server does not take.
pub(super) const NO_SUCH_ADDRESS: &str =
    "the mail server takes no address with letters such as ä before the @ (it lacks SMTPUTF8)";

/// Whether an address of the mail is one that not every server takes.
pub(super) fn is_international(mail: &Mail) -> bool {
    [&mail.from, &mail.to].iter().any(|address| !on_the_wire(&address.email).is_ascii())
}

/// Whether the server was told nothing, because it would not take an address. It will not tomorrow either.
fn takes_no_such_address(mail: &Mail, error: &smtp::Error) -> bool {
    is_international(mail) && error.is_client() && error.to_string().contains("SMTPUTF8")
}

fn mailbox(address: &Address) -> Result<Mailbox, MailError> {
    let email = on_the_wire(&address.email)
        .parse()
        .map_err(|_| MailError::Never("the address is not one that mail can be sent to".into()))?;
    Ok(Mailbox::new((!address.name.is_empty()).then(|| address.name.clone()), email))
}

/// A subject that has what looks like an encoded word (RFC 2047), as encoded words: whoever reads it sees what was written,
/// and not what that would stand for.
fn spelled_out(subject: &str) -> Result<HeaderValue, MailError> {
    let (name, mut words) = (HeaderName::new_from_ascii_str("Subject"), String::new());
    rfc2047::encode(subject, &mut EmailWriter::new(&mut words, name.len() + ": ".len(), 0, false))
        .map_err(|error| MailError::Never(error.to_string()))?;
    Ok(HeaderValue::dangerous_new_pre_encoded(name, subject.to_owned(), words))
}

/// What a mail program posts to end a subscription (RFC 8058, section 3.1).
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

pub(super) fn build(mail: &Mail) -> Result<Message, MailError> {
    let mut message = Message::builder()
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?)
        .subject(&mail.subject)
        .message_id(Some(mail.message_id.clone()));
    if mail.subject.contains("=?") {
        message = message.raw_header(spelled_out(&mail.subject)?);
    }
    if !mail.in_reply_to.is_empty() {
        message = message.in_reply_to(mail.in_reply_to.clone()).references(mail.references.join(" "));
    }
    if mail.automatic {
        // The second is what Exchange and Outlook heed.
        for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
            message = message.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into()));
        }
    }
    if let Some(link) = &mail.ended_at {
        for (name, value) in [("List-Unsubscribe", format!("<{link}>")), ("List-Unsubscribe-Post", ONE_CLICK.into())] {
            // As it stands: whoever reads it takes the address as it is, and an encoded word is none.
            let name = HeaderName::new_from_ascii_str(name);
            message = message.raw_header(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
        }
    }
    let text = SinglePart::plain(mail.text.clone());
    match (&mail.html, &mail.attachment) {
        (None, None) => message.singlepart(text),
        (Some(html), None) => message.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
        (html, Some(file)) => message.multipart(with_file(text, html.as_ref(), file)?),
    }
    .map_err(|error| MailError::Never(error.to_string()))
}

/// A text and a file. The file is one of the ways to read the mail, which is how calendar programs take an invitation
/// (RFC 6047, section 2.4), and a file to keep, for those that do not.
fn with_file(text: SinglePart, html: Option<&String>, file: &Attachment) -> Result<MultiPart, MailError> {
    let kind = ContentType::parse(&file.content_type).map_err(|error| MailError::Never(error.to_string()))?;
    let mut ways = MultiPart::alternative().singlepart(text);
    if let Some(html) = html {
        ways = ways.singlepart(SinglePart::html(html.clone()));
    }
    ways = ways.singlepart(SinglePart::builder().header(kind.clone()).body(file.text.clone()));
    let kept = lettre::message::Attachment::new(file.name.clone()).body(file.text.clone().into_bytes(), kind);
    Ok(MultiPart::mixed().multipart(ways).singlepart(kept))
}
