//! What the use cases need of the open transaction, and of the world outside.

use chrono::{DateTime, Utc};
use kernel::{
    Result,
    id::{MessageId, StaffId, VisitorId},
};

use crate::{
    domain::mail::Mail,
    store::{message::Model as Message, visitor::Model as Visitor},
};

/// What messages need beside the records.
pub trait Messages {
    /// Adds a message.
    async fn add(&self, message: &Message) -> Result<()>;
    /// Gives whatever open `from` has to `to`, and returns which messages that were.
    async fn hand_over(&self, from: StaffId, to: Option<StaffId>, at: DateTime<Utc>) -> Result<Vec<MessageId>>;
}

/// Visitors.
pub trait Visitors {
    /// The visitor who holds this token.
    async fn by_token(&self, hash: &[u8]) -> Result<Option<Visitor>>;
    /// The visitor last seen with this address.
    async fn by_email(&self, email: &str) -> Result<Option<Visitor>>;
    /// Adds a visitor.
    async fn add(&self, visitor: &Visitor) -> Result<()>;
    /// Notes that two were seen in one browser, for each of them unless so many others were.
    async fn acquaint(&self, one: VisitorId, other: VisitorId, at: DateTime<Utc>) -> Result<()>;
    /// Stores what changed of a visitor.
    async fn save(&self, visitor: &Visitor) -> Result<()>;
}

/// What this context must know of staff; answered by the identity context through the gateway.
pub trait Colleagues {
    /// Whether the staff member is there and active.
    async fn is_active(&self, id: StaffId) -> Result<bool>;
}

/// Why a mail did not go out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MailError {
    /// It may go out later: the server is away or asks to come back.
    #[error("{0}")]
    Later(String),
    /// It never will: the server refuses the address or the mail.
    #[error("{0}")]
    Never(String),
}

/// A mail in the company's words.
#[derive(Debug, Clone)]
pub struct Worded {
    /// One line.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What the mail of a reply says.
#[derive(Debug, Clone)]
pub struct ReplyMail {
    /// The name of who wrote.
    pub name: String,
    /// The service that they asked for.
    pub service: Option<String>,
    /// What they wrote about.
    pub subject: String,
    /// The answer.
    pub content: String,
    /// What is answered, as a quotation with its date.
    pub quoted: String,
}

/// Words mails as the company wants them.
#[async_trait::async_trait]
pub trait Wording: Send + Sync {
    /// The mail of a reply; `None` where the company sends none.
    ///
    /// # Errors
    /// Where trying again may help.
    async fn reply(&self, reply: &ReplyMail) -> Result<Option<Worded>>;
}

/// Something that takes mail.
#[async_trait::async_trait]
pub trait Mailer: Send + Sync {
    /// Hands over a mail; on `Ok` somebody else is responsible for it.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
