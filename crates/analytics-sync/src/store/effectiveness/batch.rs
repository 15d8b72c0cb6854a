//! Batches of analyses: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{EffectivenessBatchId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{analysis::AnalystName, item::AnalysisFailure};

/// How a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Its chats are being analysed, or wait for the next day.
    Running,
    /// All of them were, as far as they could be.
    Done,
    /// Somebody stopped it.
    Cancelled,
    /// The next chat might cost more than is left.
    OutOfBudget,
    /// It cannot go on.
    Failed,
}

/// A batch of analyses.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "effectiveness_batches")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EffectivenessBatchId,
    /// How it stands.
    pub state: BatchState,
    /// Who analyses.
    pub provider: AnalystName,
    /// Which chats were asked for.
    pub filter: Json,
    /// Whether those too that were analysed lately.
    pub again: bool,
    /// How many chats it has.
    pub total_count: i32,
    /// How many were analysed.
    pub done_count: i32,
    /// How many were already.
    pub cached_count: i32,
    /// How many could not be.
    pub failed_count: i32,
    /// The most that may be spent, in tokens; no limit where it is none.
    pub budget_tokens: Option<i64>,
    /// What was spent, in tokens.
    pub spent_tokens: i64,
    /// What is set aside for the chats that are asked about now, in tokens.
    pub reserved_tokens: i64,
    /// What was spent, in millionths of a US dollar, as far as there is a price.
    pub cost_micros: i64,
    /// Until when it waits.
    pub waits_until: Option<DateTime<Utc>>,
    /// Why it waits, or cannot go on.
    pub failure: Option<AnalysisFailure>,
    /// The same for people.
    pub detail: Option<String>,
    /// Who began it.
    pub created_by_id: Option<UserId>,
    /// Raised by every change.
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Model {
    /// How many chats are left.
    pub fn left(&self) -> i32 {
        self.total_count - self.done_count - self.cached_count - self.failed_count
    }

    /// Whether so many more tokens fit into its budget.
    pub fn affords(&self, tokens: i64) -> bool {
        let wanted = self.spent_tokens.saturating_add(self.reserved_tokens).saturating_add(tokens);
        self.budget_tokens.is_none_or(|budget| wanted <= budget)
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
