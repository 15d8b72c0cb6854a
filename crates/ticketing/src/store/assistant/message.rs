//! What is asked and answered in a session.

use chrono::{DateTime, Utc};
use kernel::{
    id::{AssistantMessageId, AssistantSessionId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AssistantRole {
    /// Whoever asks.
    User,
    /// The assistant.
    Assistant,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AssistantState {
    /// Nobody has begun the answer yet.
    Pending,
    /// The answer is being made.
    Streaming,
    /// It is whole. A question always is.
    Done,
    /// There will be no more of it.
    Failed,
}

impl AssistantState {
    /// Whether there will be more of it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Pending | Self::Streaming)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AssistantFailure {
    /// The provider is away or overloaded.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The provider was asked too often; later it may go well.
    RateLimited,
    /// What may be spent at the provider is spent.
    LimitReached,
    /// The provider refuses what Frontdesk asks: its key, its model, or the size of the question.
    Misconfigured,
    /// The provider does not answer such a question.
    Refused,
    /// What came is no answer.
    Unreadable,
    /// Frontdesk stopped under it, more than once.
    Interrupted,
    /// Whoever asked may not ask any more.
    NotAllowed,
}

/// Why an answer ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AssistantStop {
    /// All is said.
    Complete,
    /// It was cut off at its longest.
    MaxTokens,
    /// The provider would not go on.
    Refusal,
}

/// A question or an answer.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "assistant_messages")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssistantMessageId,
    /// In which session.
    pub session_id: AssistantSessionId,
    /// Who says it.
    pub role: AssistantRole,
    /// Of an answer, the question.
    pub question_id: Option<AssistantMessageId>,
    /// The text; of an answer under way what there is of it.
    pub content: String,
    /// How far it is.
    pub state: AssistantState,
    /// Raised whenever the answer is begun anew.
    pub round: i32,
    /// Who made the answer: `builtin` or `anthropic`.
    pub provider: Option<String>,
    /// With which model.
    pub model: Option<String>,
    /// Why there is no answer.
    pub error: Option<AssistantFailure>,
    /// Why it ends where it does.
    pub stop_reason: Option<AssistantStop>,
    /// What the provider read, in tokens.
    pub input_tokens: Option<i32>,
    /// What the provider wrote, in tokens.
    pub output_tokens: Option<i32>,
    /// When it was said, or asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
