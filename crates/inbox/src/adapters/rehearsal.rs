//! A conversation with a mail server, told step by step.

use std::time::Duration;

use lettre::transport::smtp::{
    Error,
    authentication::DEFAULT_MECHANISMS,
    client::AsyncSmtpConnection,
    commands::{Data, Ehlo, Mail as MailFrom, Rcpt},
    extension::{ClientId, Extension, MailParameter},
    response::Response,
};

use super::{
    mail::{NO_SUCH_ADDRESS, build, is_international},
    server::{Encryption, MailServer},
};
use crate::{domain::mail::Mail, ports::MailError};

/// How long the whole conversation may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A step of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What was tried, such as `RCPT TO`.
    pub command: &'static str,
    /// Whether it went well.
    pub ok: bool,
    /// The server's words, or why there are none.
    pub reply: String,
}

/// Hands a mail to a server and tells every step up to the one that failed.
pub async fn rehearse(server: &MailServer, mail: &Mail) -> Vec<Said> {
    let mut steps = Vec::new();
    if tokio::time::timeout(PATIENCE, talk(server, mail, &mut steps)).await.is_err() {
        note(&mut steps, "timeout", false, &format!("the server took longer than {} s", PATIENCE.as_secs()));
    }
    steps
}

/// `None` where a step failed; the last one noted tells which.
async fn talk(server: &MailServer, mail: &Mail, steps: &mut Vec<Said>) -> Option<()> {
    let hello = ClientId::default();
    let built = prepared(build(mail), "message", steps)?;
    let tls = match server.encryption {
        Encryption::None => None,
        Encryption::StartTls | Encryption::Implicit => Some(prepared(server.tls_parameters(), "TLS", steps)?),
    };
    let wrapper = tls.clone().filter(|_| server.encryption == Encryption::Implicit);
    let connected = AsyncSmtpConnection::connect_tokio1(server.address, Some(PATIENCE), &hello, wrapper, None).await;
    let mut connection = match connected {
        Ok(connection) => connection,
        Err(error) => return failed(steps, "connect", &error),
    };
    note(steps, "connect", true, &format!("connected to {}", server.address));
    if let Some(tls) = tls.filter(|_| server.encryption == Encryption::StartTls) {
        match connection.starttls(tls, &hello).await {
            Ok(()) => note(steps, "STARTTLS", true, "the connection is encrypted"),
            Err(error) => return failed(steps, "STARTTLS", &error),
        }
    }
    heard(steps, "EHLO", connection.command(Ehlo::new(hello)).await)?;
    if let Some(credentials) = server.credentials() {
        heard(steps, "AUTH", connection.auth(DEFAULT_MECHANISMS, &credentials).await)?;
    }
    let envelope = built.envelope();
    let international = is_international(mail);
    if international && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        note(steps, "MAIL FROM", false, NO_SUCH_ADDRESS);
        return None;
    }
    let options = if international { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
    heard(steps, "MAIL FROM", connection.command(MailFrom::new(envelope.from().cloned(), options)).await)?;
    for to in envelope.to() {
        heard(steps, "RCPT TO", connection.command(Rcpt::new(to.clone(), Vec::new())).await)?;
    }
    heard(steps, "DATA", connection.command(Data).await)?;
    heard(steps, "message", connection.message(&built.formatted()).await)?;
    // The mail is theirs by now, whatever they say to a good-bye.
    drop(connection.quit().await);
    Some(())
}

fn prepared<T>(made: Result<T, MailError>, what: &'static str, steps: &mut Vec<Said>) -> Option<T> {
    made.map_err(|error| note(steps, what, false, &error.to_string())).ok()
}

fn heard(steps: &mut Vec<Said>, command: &'static str, reply: Result<Response, Error>) -> Option<()> {
    match reply {
        Ok(reply) => {
            note(
                steps,
                command,
                true,
                &format!("{} {}", reply.code(), reply.message().collect::<Vec<_>>().join(" / ")),
            );
            Some(())
        }
        Err(error) => failed(steps, command, &error),
    }
}

fn failed(steps: &mut Vec<Said>, command: &'static str, error: &Error) -> Option<()> {
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !why.contains(&cause_text) {
            why = format!("{why}: {cause_text}");
        }
        source = cause.source();
    }
    note(steps, command, false, &why);
    None
}

/// The words of a stranger: one line, not long.
fn note(steps: &mut Vec<Said>, command: &'static str, ok: bool, reply: &str) {
    let reply = reply.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    steps.push(Said { command, ok, reply });
}
