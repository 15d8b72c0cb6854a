//! The tasks.

use chrono::{DateTime, Utc};
use kernel::{
    id::{AiTaskId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AiTaskType {
    /// To say what somebody wants.
    Classify,
    /// To say how likely somebody buys.
    Score,
    /// To suggest an answer.
    Reply,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AiTaskStatus {
    /// It waits, for the first time or for another attempt.
    Queued,
    /// Somebody is at it.
    Processing,
    /// It is done, and what follows from it has happened.
    Completed,
    /// It was given up; a person may begin it again.
    Failed,
}

/// What a task is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AiSubjectType {
    /// A message of a conversation, with what was said before it.
    ConversationMessage,
    /// What a visitor wrote.
    Message,
    /// A live chat.
    Chat,
    /// A lead.
    Lead,
}

/// Who does tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AiProviderName {
    /// Frontdesk itself, by rules.
    Builtin,
    /// Anthropic's Messages API.
    Anthropic,
}

/// Why a task was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AiFailure {
    /// The provider is away or overloaded.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The provider was asked too often.
    RateLimited,
    /// What may be spent is spent: at the provider, or of the company's tokens for the day.
    LimitReached,
    /// The provider refuses what Frontdesk asks: its key, its model, or the size of the task.
    Misconfigured,
    /// The provider does not do such a task.
    Refused,
    /// What came is no answer to the task.
    Unreadable,
    /// What it is about is there no more.
    Gone,
    /// The company has switched such tasks off.
    SwitchedOff,
    /// Frontdesk stopped under it, more often than it is tried.
    Interrupted,
}

/// A task.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "ai_tasks")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AiTaskId,
    /// What is to be done.
    pub task_type: AiTaskType,
    /// Where it stands.
    pub status: AiTaskStatus,
    /// What it is about.
    pub subject_type: AiSubjectType,
    /// Which one.
    pub subject_id: Uuid,
    /// What it was given, by reference.
    pub input: Json,
    /// What came of it.
    pub output: Option<Json>,
    /// Who does it, or did.
    pub provider: AiProviderName,
    /// With which model.
    pub model: Option<String>,
    /// Of the instructions that went along.
    pub prompt_version: Option<String>,
    /// What the provider read, in tokens.
    pub input_tokens: Option<i64>,
    /// What it wrote, in tokens.
    pub output_tokens: Option<i64>,
    /// What that cost, in millionths of a US dollar; null where no price is set.
    pub cost_micros: Option<i64>,
    /// How long the provider took, in milliseconds.
    pub latency_ms: Option<i32>,
    /// How often it was tried again.
    pub retry_count: i32,
    /// When it is tried next.
    pub next_retry_at: Option<DateTime<Utc>>,
    /// Why the last attempt was none.
    pub failure: Option<AiFailure>,
    /// The same for people.
    pub error_message: Option<String>,
    /// Who asked for it; none where Frontdesk did.
    pub requested_by_id: Option<StaffId>,
    /// The task that this does again without its effect.
    pub replay_of_id: Option<AiTaskId>,
    /// What people decided later.
    pub decided: Option<String>,
    /// Who did; none where it follows from what they did.
    pub decided_by_id: Option<StaffId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Whether that is what came of the task.
    pub agreed: Option<bool>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When it was done or given up.
    pub completed_at: Option<DateTime<Utc>>,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What came of it, where it is done and can be read.
    pub fn said(&self) -> Option<crate::domain::ai_tasks::output::Output> {
        serde_json::from_value(self.output.clone()?).ok()
    }
}
