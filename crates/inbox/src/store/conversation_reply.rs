//! Replies in conversations on social platforms.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ConversationId, ConversationMessageId, ConversationReplyId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Who wrote a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ReplySource {
    /// A colleague.
    Person,
    /// An AI task.
    Suggestion,
}

/// Where a reply stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ConversationReplyStatus {
    /// Somebody has to say whether it is sent.
    Pending,
    /// It is to be sent, or on its way.
    Approved,
    /// The platform took it.
    Sent,
    /// It was given up.
    Failed,
    /// Somebody said that it is not sent, or a colleague had answered.
    Rejected,
}

/// A reply in a conversation.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "conversation_replies")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationReplyId,
    /// What it belongs to.
    pub conversation_id: ConversationId,
    /// What it answers.
    pub message_id: Option<ConversationMessageId>,
    /// The month that this is kept under.
    pub message_received_at: Option<DateTime<Utc>>,
    /// Who wrote it.
    pub source: ReplySource,
    /// Where it stands.
    pub status: ConversationReplyStatus,
    /// What is to be sent, or was.
    pub content: String,
    /// What was suggested, where a person changed it.
    pub suggested_content: Option<String>,
    /// How sure whoever suggested it is, 0 to 1.
    pub confidence: Option<f64>,
    /// Whether it was approved by the company's settings and no person.
    pub is_automatic: bool,
    /// Which colleague wrote it.
    pub author_id: Option<StaffId>,
    /// Who said that it is sent.
    pub approved_by_id: Option<StaffId>,
    /// When it was written.
    pub generated_at: DateTime<Utc>,
    /// When that was said.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the platform took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// How often it was tried to be sent.
    pub attempts: i32,
    /// When the last attempt began of which is not known what came.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When it is tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why it was not sent.
    pub error_message: Option<String>,
    /// What the platform names it.
    pub platform_message_id: Option<String>,
    /// The message that it became.
    pub sent_message_id: Option<ConversationMessageId>,
    /// Raised by every change.
    pub version: i32,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
