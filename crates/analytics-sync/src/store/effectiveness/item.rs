//! The chats of a batch, and what became of each.

use kernel::id::{B2chatChatId, EffectivenessBatchId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Why a chat was not analysed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AnalysisFailure {
    /// The provider is away or overloaded.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The provider was asked too often.
    RateLimited,
    /// What may be spent is spent: at the provider, or of the company's tokens for the day.
    LimitReached,
    /// The provider refuses what Frontdesk asks: its key, its model, or the size of the chat.
    Misconfigured,
    /// The provider does not analyse such a chat.
    Refused,
    /// What came is no analysis.
    Unreadable,
    /// The chat is there no more.
    Gone,
    /// Nothing was written in the chat.
    Empty,
    /// The company has artificial intelligence switched off, or the installation has the provider no more.
    SwitchedOff,
}

/// What became of a chat in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It waits.
    Waiting,
    /// A provider is asked about it.
    Asking,
    /// It was analysed.
    Done,
    /// It was already, lately.
    Cached,
    /// It could not be.
    Failed,
}

/// A chat of a batch.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "effectiveness_batch_chats")]
pub struct Model {
    /// The batch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch_id: EffectivenessBatchId,
    /// The chat.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chat_id: B2chatChatId,
    /// What became of it.
    pub state: ItemState,
    /// How often a provider was asked.
    pub attempts: i32,
    /// What is set aside for it, in tokens.
    pub reserved_tokens: i64,
    /// Why it could not be.
    pub failure: Option<AnalysisFailure>,
    /// The same for people.
    pub detail: Option<String>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
