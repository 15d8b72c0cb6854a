//! Messages of conversations. PostgreSQL keeps each month in a table of its own.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ConversationId, ConversationMessageId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To us.
    Inbound,
    /// From us.
    Outbound,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "conversation_messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationMessageId,
    /// What it belongs to.
    pub conversation_id: ConversationId,
    /// As the platform names it.
    pub platform_message_id: String,
    /// Which way it went.
    pub direction: Direction,
    /// What it says; empty where there are pictures only, and where it was taken back.
    pub content: String,
    /// Who wrote it, as the platform names them.
    pub sender_id: Option<String>,
    /// When it was written, by the platform's clock; the month it is kept under.
    #[sea_orm(primary_key, auto_increment = false)]
    pub received_at: DateTime<Utc>,
    /// When it was changed last.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub deleted_at: Option<DateTime<Utc>>,
    /// What else the platform says of it: pictures, what it answers.
    pub metadata: Json,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
