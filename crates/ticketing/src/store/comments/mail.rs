//! Comments on their way by mail.

use chrono::{DateTime, Utc};
use kernel::id::{TicketCommentId, UserId};
use sea_orm::entity::prelude::*;

/// Where the mail of a comment to somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum CommentMailStatus {
    /// It will be sent, or sent again.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
    /// It is not sent: they may not see it any more, or the company sends no such mails.
    Withheld,
}

/// A comment on its way to somebody.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_comment_mails")]
pub struct Model {
    /// The comment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub comment_id: TicketCommentId,
    /// To whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// Where it stands.
    pub status: CommentMailStatus,
    /// The subject under which it was taken.
    pub subject: Option<String>,
    /// What the mail server said last.
    pub error: Option<String>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
