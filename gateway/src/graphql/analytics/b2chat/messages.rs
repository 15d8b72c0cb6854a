//! Messages of chats that B2Chat tells of.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::id::{B2chatChatId, FileId};

use super::chats::{B2ChatChat, chat};
use crate::{
    connection,
    graphql::{
        errors::Result,
        files::{File, file},
        identity::{IntoId, tenants::usage::bytes},
        scalars::Json,
    },
};

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::B2chatMessageType")]
pub enum B2ChatMessageType {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A file.
    File,
    /// Something else: the word of B2Chat's own stands beside it.
    Other,
}

/// What became of our copy of an image or file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::MediaState")]
pub enum B2ChatMediaState {
    /// There is nothing to copy.
    None,
    /// It waits to be copied.
    Waiting,
    /// It is here.
    Copied,
    /// It was given up.
    Failed,
}

/// A message of a chat that B2Chat tells of.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct B2ChatMessage {
    /// Its id, `bms_…`.
    pub id: ID,
    /// As B2Chat knows it; null where B2Chat gives no id.
    #[graphql(name = "b2chatMessageId")]
    pub b2chat_message_id: Option<String>,
    /// What it is.
    #[graphql(name = "type")]
    pub kind: B2ChatMessageType,
    /// The same in B2Chat's word.
    pub source_type: String,
    /// What it says.
    pub text: Option<String>,
    /// Whether the contact wrote it; else it came from the company.
    pub is_incoming: bool,
    /// Whether it went to many at once.
    pub is_broadcasted: bool,
    /// Where B2Chat has the picture.
    pub image_url: Option<String>,
    /// Where B2Chat has the file.
    pub file_url: Option<String>,
    /// What stands below the picture or file.
    pub caption: Option<String>,
    /// A place, as B2Chat has it.
    pub location: Option<Json>,
    /// What became of our copy.
    pub media_state: B2ChatMediaState,
    /// How often it was tried.
    pub media_attempts: i32,
    /// When it is tried next; null where it does not wait.
    pub media_next_at: Option<DateTime<Utc>>,
    /// Why the last try failed, or it was given up.
    pub media_error: Option<String>,
    /// Bytes of the copy; a whole number.
    pub media_size: Option<f64>,
    /// What the copy is by its content, as a media type.
    pub media_mime_type: Option<String>,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When a synchronisation last wrote it; what is told just so once more is not written.
    pub last_sync_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    chat_id: B2chatChatId,
    #[graphql(skip)]
    file_id: Option<FileId>,
}

impl From<analytics_sync::B2chatMessage> for B2ChatMessage {
    fn from(row: analytics_sync::B2chatMessage) -> Self {
        Self {
            id: row.id.into_id(),
            b2chat_message_id: row.b2chat_message_id,
            kind: row.r#type.into(),
            source_type: row.source_type,
            text: row.text,
            is_incoming: row.incoming,
            is_broadcasted: row.broadcasted,
            image_url: row.image_url,
            file_url: row.file_url,
            caption: row.caption,
            location: row.location.filter(|place| !place.is_null()).map(Json),
            media_state: row.media_state.into(),
            media_attempts: row.media_attempts,
            media_next_at: row.media_next_at,
            media_error: row.media_error,
            media_size: row.media_size.map(|size| bytes(u64::try_from(size).unwrap_or_default())),
            media_mime_type: row.media_mime_type,
            sent_at: row.sent_at,
            last_sync_at: row.last_sync_at,
            chat_id: row.chat_id,
            file_id: row.file_id,
        }
    }
}

connection!(
    B2ChatMessageConnection,
    B2ChatMessageEdge,
    B2ChatMessage,
    analytics_sync::B2chatMessage,
    "messages of B2Chat"
);

#[ComplexObject]
impl B2ChatMessage {
    /// The chat that it is of.
    async fn chat(&self, ctx: &Context<'_>) -> Result<Option<B2ChatChat>> {
        Box::pin(chat(ctx, self.chat_id)).await
    }

    /// Our copy of its image or file; null until there is one.
    async fn file(&self, ctx: &Context<'_>) -> Result<Option<File>> {
        Box::pin(async move {
            match self.file_id {
                Some(id) => file(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }
}
