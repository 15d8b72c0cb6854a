//! Lines of chats.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ChatId, ChatMessageId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::session::ChatSide;

/// A line of a chat.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "chat_messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChatMessageId,
    /// The chat.
    pub session_id: ChatId,
    /// Which side wrote it.
    pub sender_type: ChatSide,
    /// The colleague who wrote it; of a colleague's line only.
    pub staff_id: Option<StaffId>,
    /// The text.
    pub content: String,
    /// When it was written; of two lines of one chat the later one has the later instant.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
