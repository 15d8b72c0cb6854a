//! What takes letters; answered by the gateway.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{domain::mail::wording::Rendered, usecases::mail::queue_mail::Attachment};

/// A letter on its way out. Who sends it is said by the server that takes it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The name of the person who gets it, one line.
    pub name: String,
    /// Their address.
    pub to: String,
    /// What it says.
    pub rendered: Rendered,
    /// What its `Message-ID` is made of: the same at every try.
    pub id: String,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
    /// Where what it comes for is ended, with one click (RFC 8058).
    pub ended_at: Option<String>,
}

/// How a connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Encrypted by STARTTLS before anything is said; refused where the server cannot.
    Tls,
    /// Encrypted from the first byte.
    Ssl,
    /// Not at all; a password is never sent this way.
    None,
}

/// Whether mail servers listen on a port. With `any` every port is taken; otherwise a tenant could look at what else
/// listens somewhere.
pub fn is_mail_port(port: u16, any: bool) -> bool {
    port != 0 && (any || matches!(port, 25 | 465 | 587 | 2525))
}

/// A mail server of a tenant's own.
#[derive(Clone)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// User and password, where it asks for them.
    pub credentials: Option<(String, String)>,
    /// The sender's address.
    pub from_email: String,
    /// The sender's name.
    pub from_name: String,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailServer").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// Why a letter did not go out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransportError {
    /// It may go out later.
    #[error("{0}")]
    Later(String),
    /// It never will.
    #[error("{0}")]
    Never(String),
}

/// One step of a conversation with a mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What was tried, such as `RCPT TO`.
    pub command: String,
    /// Whether it went well.
    pub ok: bool,
    /// The server's words, or why there are none.
    pub reply: String,
}

/// Something that takes letters.
#[async_trait::async_trait]
pub trait MailTransport: Send + Sync {
    /// Hands over a letter, to `server` or to the one of the whole installation.
    async fn send(&self, server: Option<&MailServer>, mail: &Mail) -> Result<(), TransportError>;
    /// Hands over a letter to `server` and tells every step of it, up to the one that failed.
    async fn rehearse(&self, server: &MailServer, mail: &Mail) -> Vec<Step>;
}
