//! Replies to messages.

use chrono::{DateTime, Utc};
use kernel::{
    id::{MessageId, MessageReplyId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a reply's mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EmailStatus {
    /// No mail was asked for.
    NotRequested,
    /// It will be sent, or sent again.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "message_replies")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageReplyId,
    /// The message it answers.
    pub message_id: MessageId,
    /// Who wrote it; absent when Frontdesk did.
    pub author_id: Option<StaffId>,
    /// The text.
    pub content: String,
    /// Where its mail stands.
    pub email_status: EmailStatus,
    /// What the mail server said last.
    pub email_error: Option<String>,
    /// When the mail server took it.
    pub email_sent_at: Option<DateTime<Utc>>,
    /// The subject under which it was taken.
    pub email_subject: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
