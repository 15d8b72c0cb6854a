//! Messages of chats.

use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatChatId, B2chatMessageId, FileId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum B2chatMessageType {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A file.
    File,
    /// Something else: the source's own word stands beside it.
    Other,
}

/// What became of the copy of an image or file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// There is nothing to copy.
    None,
    /// It is to be copied.
    Waiting,
    /// It is here.
    Copied,
    /// It cannot be copied.
    Failed,
}

/// A message in a chat that B2Chat tells of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: B2chatMessageId,
    /// In which chat.
    pub chat_id: B2chatChatId,
    /// As B2Chat knows it, where it says so.
    pub b2chat_message_id: Option<String>,
    /// By what it is known otherwise.
    pub source_key: Vec<u8>,
    /// What it says.
    pub text: Option<String>,
    /// What it is.
    #[sea_orm(column_name = "type")]
    pub r#type: B2chatMessageType,
    /// The same in B2Chat's word.
    pub source_type: String,
    /// Whether the contact wrote it.
    pub incoming: bool,
    /// Whether it went to many.
    pub broadcasted: bool,
    /// Where B2Chat has the picture.
    pub image_url: Option<String>,
    /// Where B2Chat has the file.
    pub file_url: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// A place.
    pub location: Option<Json>,
    /// Our copy.
    pub file_id: Option<FileId>,
    /// What became of the copy.
    pub media_state: MediaState,
    /// How often it was tried.
    pub media_attempts: i32,
    /// When it is tried next.
    pub media_next_at: Option<DateTime<Utc>>,
    /// What went wrong.
    pub media_error: Option<String>,
    /// Its size in bytes.
    pub media_size: Option<i64>,
    /// What it is by its content.
    pub media_mime_type: Option<String>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When a synchronisation last told of it.
    pub last_sync_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
