//! Conversations: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ConversationId, ConversationMessageId, SocialAccountId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// It does.
    Active,
    /// Somebody closed it; the participant's next message opens it again.
    Closed,
}

/// What somebody on a social platform and the company write each other.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "conversations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    /// The account that was written to.
    pub social_account_id: SocialAccountId,
    /// As the platform names it.
    pub platform_conversation_id: String,
    /// Who writes to us, as the platform names them.
    pub participant_id: String,
    /// As people read it.
    pub participant_name: Option<String>,
    /// Whether it goes on.
    pub status: ConversationStatus,
    /// Who answers.
    pub assignee_id: Option<StaffId>,
    /// When its first message was written, by the platform's clock.
    pub started_at: DateTime<Utc>,
    /// When its last was. All of its messages lie between the two.
    pub last_message_at: DateTime<Utc>,
    /// The last one.
    pub last_message_id: Option<ConversationMessageId>,
    /// When the participant did: the window for replies begins with it.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// How many messages there are, archived ones too.
    pub message_count: i32,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Raised by every change.
    pub version: i32,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
}

/// The columns by whose words a conversation is found.
pub const TEXTS: [Column; 2] = [Column::ParticipantName, Column::ParticipantId];

impl Model {
    /// The texts by whose words it is found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.participant_name.as_deref().into_iter().chain([self.participant_id.as_str()])
    }
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
