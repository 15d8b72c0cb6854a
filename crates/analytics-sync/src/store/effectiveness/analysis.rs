//! Analyses: kept for ever, several a chat.

use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatChatId, B2chatDepartmentId, EffectivenessAnalysisId, EffectivenessBatchId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Who analyses chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AnalystName {
    /// Frontdesk itself, by rules.
    Builtin,
    /// Anthropic's Messages API.
    Anthropic,
}

/// What kind of actor asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// A person, by themselves or by a key of theirs.
    Person,
    /// Frontdesk or another program.
    System,
}

/// An analysis of a chat.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "effectiveness_analyses")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EffectivenessAnalysisId,
    /// Of which chat.
    pub chat_id: B2chatChatId,
    /// Who had the chat then.
    pub agent_id: Option<B2chatAgentId>,
    /// Whose it was then.
    pub department_id: Option<B2chatDepartmentId>,
    /// Who asked for it; none where no person did.
    pub user_id: Option<UserId>,
    /// What kind of actor asked.
    pub actor_kind: AskedBy,
    /// The batch that it is of.
    pub batch_id: Option<EffectivenessBatchId>,
    /// How well the chat went, 0 to 100.
    pub effectiveness_score: f64,
    /// How well the contact was answered in time, 0 to 100; no part of the score.
    pub response_time_score: f64,
    /// How far what the contact wanted was resolved, 0 to 100.
    pub resolution_score: f64,
    /// How satisfied the contact was, 0 to 100; none where it is not known.
    pub customer_satisfaction: Option<f64>,
    /// Who analysed it.
    pub provider: AnalystName,
    /// With which model.
    pub model: Option<String>,
    /// Of the instructions or rules.
    pub prompt_version: Option<String>,
    /// How many messages were looked at.
    pub analyzed_messages: i32,
    /// What the provider read, in tokens.
    pub input_tokens: Option<i64>,
    /// What it wrote, in tokens.
    pub output_tokens: Option<i64>,
    /// What that cost, in millionths of a US dollar; none where no price is set.
    pub cost_micros: Option<i64>,
    /// Reasons, recommendations and the whole answer: an [`Analysed`].
    pub analysis_data: Json,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What an analysis holds beside its scores. The names are those of the seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysed {
    /// The model.
    pub model: Option<String>,
    /// Of the instructions or rules.
    pub prompt_version: Option<String>,
    /// Why the resolution has its score.
    pub resolution_details: Reasons,
    /// Why the satisfaction has its.
    pub sentiment_analysis: Reasons,
    /// What could be done better.
    pub recommendations: Vec<String>,
    /// How many messages were looked at.
    pub analyzed_messages: i32,
    /// The provider's answer as it came; none of the built-in rules.
    pub answer: Option<Json>,
}

/// A score with its reasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// 0 to 100.
    pub score: Option<f64>,
    /// Why.
    pub reasons: Vec<String>,
}

impl Model {
    /// What it holds beside its scores; nothing where that cannot be read.
    pub fn analysed(&self) -> Analysed {
        serde_json::from_value(self.analysis_data.clone()).unwrap_or_default()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
