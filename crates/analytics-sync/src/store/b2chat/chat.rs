//! Chats.

use chrono::{DateTime, TimeZone, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::contact::{Attributes, Texts};

/// Through what a contact writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ChatProvider {
    /// WhatsApp.
    Whatsapp,
    /// Facebook Messenger.
    Facebook,
    /// Instagram.
    Instagram,
    /// Telegram.
    Telegram,
    /// A live chat on a website.
    Livechat,
    /// A bot of the company's own.
    B2cbotapi,
    /// Something that we have no word for: the source's own stands beside it.
    Other,
}

/// Where a chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum B2chatStatus {
    /// Somebody has it.
    Open,
    /// It is over.
    Closed,
    /// It waits for somebody, or for the contact.
    Pending,
}

/// How much a chat matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum B2chatPriority {
    /// At once.
    Urgent,
    /// Soon.
    High,
    /// As it comes.
    Normal,
    /// When there is time.
    Low,
}

impl B2chatPriority {
    /// Where it stands in an order: 0 is urgent.
    pub fn order(self) -> i32 {
        match self {
            Self::Urgent => 0,
            Self::High => 1,
            Self::Normal => 2,
            Self::Low => 3,
        }
    }
}

/// Where a chat stands among those that are over: one that is not, after them all.
pub fn closed_order(closed: Option<DateTime<Utc>>) -> DateTime<Utc> {
    closed.unwrap_or_else(|| Utc.with_ymd_and_hms(9999, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC))
}

/// A chat that B2Chat tells of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_chats")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: B2chatChatId,
    /// As B2Chat knows it.
    pub b2chat_id: String,
    /// Who has it; none while nobody does.
    pub agent_id: Option<B2chatAgentId>,
    /// Who wrote.
    pub contact_id: Option<B2chatContactId>,
    /// Whose it is.
    pub department_id: Option<B2chatDepartmentId>,
    /// Through what they write.
    pub provider: ChatProvider,
    /// The same in B2Chat's word.
    pub source_provider: String,
    /// Where it stands.
    pub status: B2chatStatus,
    /// The same in B2Chat's word.
    pub source_status: String,
    /// Whether anybody was there when it began.
    pub is_agent_available: Option<bool>,
    /// The line of the company that they wrote to.
    pub alias: Option<String>,
    /// Its tags, as B2Chat writes them.
    pub tags: Texts,
    /// How much it matters.
    pub priority: B2chatPriority,
    /// The same, to be ordered by.
    pub priority_order: i32,
    /// What it is about.
    pub topic: Option<String>,
    /// How many of the contact's messages nobody read.
    pub unread_count: i32,
    /// What was noted when it was over.
    pub resolution_note: Option<String>,
    /// Where B2Chat shows it.
    pub viewer_url: Option<String>,
    /// When the contact began it.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// The same, to be ordered by.
    pub closed_order: DateTime<Utc>,
    /// From its beginning to its end.
    pub duration_seconds: Option<i32>,
    /// The same as B2Chat says it.
    pub source_duration_seconds: Option<i32>,
    /// Fields of B2Chat that have no column.
    pub unknown_fields: Attributes,
    /// How many messages it has.
    pub message_count: i32,
    /// Whether it counts as deleted.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// When it last changed at B2Chat.
    pub last_modified_at: Option<DateTime<Utc>>,
    /// The same, to be ordered by.
    pub modified_order: DateTime<Utc>,
    /// SHA-256 of what the source says.
    pub digest: Vec<u8>,
    /// When a synchronisation last told of it.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// Raised whenever a synchronisation changed it.
    pub sync_version: i32,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
