//! Where mail goes: to the tenant's own mail server where it has an active one, else to the installation's.

use identity::mail::{Encryption, Mail, MailServer, MailTransport, Rendered, Step, TransportError, is_mail_port};
use inbox::{Address, MailError, Mailer, ReplyMail, SmtpMail, Worded, Wording};
use kernel::{Cx, Error, ProblemCode, Result, net::resolve_public};

use crate::wiring::app::App;

/// The server as the adapter wants it, looked up and judged.
async fn found(app: &App, server: &MailServer) -> Result<inbox::MailServer> {
    if !is_mail_port(server.port, app.allow_private_hosts) {
        return Err(Error::invalid("port", ProblemCode::NotAllowed, "this is no port of a mail server"));
    }
    Ok(inbox::MailServer {
        host: server.host.clone(),
        address: resolve_public(&server.host, server.port, app.allow_private_hosts).await?,
        encryption: match server.encryption {
            Encryption::Tls => inbox::Encryption::StartTls,
            Encryption::Ssl => inbox::Encryption::Implicit,
            Encryption::None => inbox::Encryption::None,
        },
        credentials: server.credentials.clone(),
        authorities: app.mail_authorities.clone(),
    })
}

fn sender(server: &MailServer) -> Address {
    Address { name: server.from_name.clone(), email: server.from_email.clone() }
}

/// A letter as a mail. The domain of its Message-ID is the installation's, whoever sends it.
fn mail_of(app: &App, from: Address, mail: &Mail) -> inbox::Mail {
    inbox::Mail {
        from,
        to: Address { name: mail.name.clone(), email: mail.to.clone() },
        subject: mail.rendered.subject.clone(),
        text: mail.rendered.text.clone(),
        html: Some(mail.rendered.html.clone()),
        message_id: format!("<{}@{}>", mail.id, app.mail.domain),
        in_reply_to: String::new(),
        references: Vec::new(),
        automatic: true,
        attachment: mail.attachment.as_ref().map(|file| inbox::Attachment {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            text: file.text.clone(),
        }),
        ended_at: mail.ended_at.clone(),
    }
}

/// Sends to a tenant's own server. A name that does not resolve today may tomorrow.
async fn send(app: &App, server: &MailServer, mail: &inbox::Mail) -> Result<(), MailError> {
    let server = found(app, server).await.map_err(|error| MailError::Later(error.to_string()))?;
    SmtpMail::at(&server)?.send(mail).await
}

#[async_trait::async_trait]
impl MailTransport for App {
    async fn send(&self, server: Option<&MailServer>, mail: &Mail) -> Result<(), TransportError> {
        let sent = match server {
            Some(server) => send(self, server, &mail_of(self, sender(server), mail)).await,
            None => self.mailer.send(&mail_of(self, self.mail.from.clone(), mail)).await,
        };
        sent.map_err(|error| match error {
            MailError::Later(why) => TransportError::Later(why),
            MailError::Never(why) => TransportError::Never(why),
        })
    }

    async fn rehearse(&self, server: &MailServer, mail: &Mail) -> Vec<Step> {
        let step = |command: &str, ok, reply| Step { command: command.into(), ok, reply };
        match found(self, server).await {
            Err(error) => vec![step("resolve", false, error.to_string())],
            Ok(found) => {
                let said = inbox::rehearse(&found, &mail_of(self, sender(server), mail)).await;
                said.into_iter().map(|said| step(said.command, said.ok, said.reply)).collect()
            }
        }
    }
}

/// Takes the replies of one tenant.
pub struct OfTenant<'a> {
    /// The application.
    pub app: &'a App,
    /// Whose mail it is.
    pub cx: &'a Cx,
}

#[async_trait::async_trait]
impl Mailer for OfTenant<'_> {
    async fn send(&self, mail: &inbox::Mail) -> Result<(), MailError> {
        let server = async {
            let conn = self.app.db.reader(self.cx).await?;
            identity::active_mail_server(&conn, self.cx, self.app.db.keyring()).await
        };
        match server.await.map_err(|error| MailError::Later(error.to_string()))? {
            Some(server) => send(self.app, &server, &inbox::Mail { from: sender(&server), ..mail.clone() }).await,
            None => self.app.mailer.send(mail).await,
        }
    }
}

#[async_trait::async_trait]
impl Wording for OfTenant<'_> {
    async fn reply(&self, reply: &ReplyMail) -> Result<Option<Worded>> {
        let conn = self.app.db.reader(self.cx).await?;
        let variables = [
            ("service", reply.service.as_deref().unwrap_or("your message")),
            ("subject", &reply.subject),
            ("content", &reply.content),
            ("quotedMessage", &reply.quoted),
        ];
        let rendered = identity::mail::worded_reply(&conn, self.cx, &reply.name, &variables).await?;
        let worded =
            |rendered: Rendered| Worded { subject: rendered.subject, text: rendered.text, html: rendered.html };
        Ok(rendered.map(worded))
    }
}
