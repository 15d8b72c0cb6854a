//! What comments need of the open transaction, and of the world outside.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    files::File,
    id::{FileId, StaffId, TeamId, TicketCommentId, TicketId, UserId},
};

use crate::domain::comments::{letter::CommentLetter, mention::Mentioned};

/// What comments need beside the records.
pub trait Comments {
    /// Keeps the text that a comment had, and returns the how many-th it was.
    async fn keep_text(&self, comment: TicketCommentId, content: &str, at: DateTime<Utc>) -> Result<i32>;
    /// The ticket of a comment that the actor sees.
    ///
    /// # Errors
    /// [`kernel::Error::NotFound`].
    async fn ticket_of(&self, cx: &Cx, comment: TicketCommentId) -> Result<TicketId>;
    /// Notes who is mentioned in a comment.
    async fn mention(&self, comment: TicketCommentId, mentions: &[Mentioned]) -> Result<()>;
    /// Notes that a comment goes to people by mail.
    async fn post(&self, comment: TicketCommentId, to: &[UserId], at: DateTime<Utc>) -> Result<()>;
}

/// What tickets and comments need of files.
pub trait Attachments {
    /// Keeps files that the actor sent with a ticket; `field` names them in errors.
    async fn attach_to_ticket(&self, cx: &Cx, field: &str, files: &[FileId], to: TicketId) -> Result<()>;
    /// The same with a comment.
    async fn attach_to_comment(&self, cx: &Cx, field: &str, files: &[FileId], to: TicketCommentId) -> Result<()>;
    /// How many files a ticket itself has.
    async fn attached(&self, to: TicketId) -> Result<usize>;
    /// A file, whoever may see it.
    async fn file(&self, id: FileId) -> Result<Option<File>>;
    /// Gives a file up.
    async fn detach(&self, cx: &Cx, id: FileId) -> Result<bool>;
}

/// What others see; answered by the identity context through the gateway.
pub trait Onlookers {
    /// Whether somebody, colleague or client, is active and sees a ticket.
    async fn sees(&self, cx: &Cx, who: UserId, ticket: TicketId) -> Result<bool>;
    /// The active colleagues of a team that is in use; none of any other.
    async fn members(&self, team: TeamId) -> Result<Vec<StaffId>>;
    /// Which of these people are clients.
    async fn clients(&self, of: &[UserId]) -> Result<Vec<UserId>>;
}

/// Somebody whom a comment goes to.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// What became of a letter.
#[derive(Debug, Clone)]
pub enum Posted {
    /// The mail server took it, under this subject.
    Sent(String),
    /// The company sends no such mails.
    Off,
    /// It may go out later.
    Later(String),
    /// It never will.
    Never(String),
}

/// Takes the mails of comments; answered by the gateway.
#[async_trait::async_trait]
pub trait CommentPost: Send + Sync {
    /// Who a client is that a comment goes to; `None` where they are not active or do not see it.
    ///
    /// # Errors
    /// Where trying again may help.
    async fn addressee(&self, cx: &Cx, who: UserId, comment: TicketCommentId) -> Result<Option<Addressee>>;
    /// The name of who wrote a comment.
    ///
    /// # Errors
    /// Where trying again may help.
    async fn author(&self, cx: &Cx, who: UserId) -> Result<String>;
    /// Sends a letter in the company's words.
    ///
    /// # Errors
    /// Where trying again may help.
    async fn send(&self, cx: &Cx, letter: &CommentLetter) -> Result<Posted>;
}
