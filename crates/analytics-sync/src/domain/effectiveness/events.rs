//! What is told of analyses: scores and counts, and no word of what was written.

use kernel::{
    events::{Event, Resource, Severity},
    id::{B2chatChatId, EffectivenessAnalysisId, EffectivenessBatchId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::effectiveness::{analysis::AnalystName, batch::BatchState, item::AnalysisFailure};

/// The topic of all events of analyses.
pub const EFFECTIVENESS: &str = "effectiveness";

/// A chat was analysed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChatAnalysed {
    /// The analysis.
    pub analysis: EffectivenessAnalysisId,
    /// Of which chat.
    pub chat: B2chatChatId,
    /// By whom.
    pub provider: AnalystName,
    /// The score, 0 to 100.
    pub score: f64,
    /// In which batch.
    pub batch: Option<EffectivenessBatchId>,
}

impl Event for ChatAnalysed {
    const KIND: &'static str = "effectiveness_analysis.created";
    const TOPIC: &'static str = EFFECTIVENESS;
    fn resource(&self) -> Resource {
        Resource::new("EffectivenessAnalysis", self.analysis)
    }
    fn details(&self) -> Option<Json> {
        let Self { chat, provider, score, batch, .. } = self;
        Some(json!({ "chat": chat, "provider": provider, "score": score, "batch": batch }))
    }
}

/// A chat of a batch could not be analysed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChatNotAnalysed {
    /// The batch.
    pub batch: EffectivenessBatchId,
    /// Of which chat.
    pub chat: B2chatChatId,
    /// By whom.
    pub provider: AnalystName,
    /// Why.
    pub failure: AnalysisFailure,
}

impl Event for ChatNotAnalysed {
    const KIND: &'static str = "effectiveness_analysis.failed";
    const TOPIC: &'static str = EFFECTIVENESS;
    const SUCCESS: bool = false;
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("EffectivenessBatch", self.batch)
    }
    fn details(&self) -> Option<Json> {
        let Self { chat, provider, failure, .. } = self;
        Some(json!({ "chat": chat, "provider": provider, "failure": failure }))
    }
}

/// A batch was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchStarted {
    /// It.
    pub batch: EffectivenessBatchId,
    /// So many chats it has.
    pub chats: i32,
    /// Who analyses them.
    pub provider: AnalystName,
    /// The most that may be spent, in tokens.
    pub budget: Option<i64>,
}

impl Event for BatchStarted {
    const KIND: &'static str = "effectiveness_batch.started";
    const TOPIC: &'static str = EFFECTIVENESS;
    fn resource(&self) -> Resource {
        Resource::new("EffectivenessBatch", self.batch)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let Self { chats, provider, budget, .. } = self;
        (None, Some(json!({ "chats": chats, "provider": provider, "budgetTokens": budget })))
    }
}

/// A batch was stopped by somebody, or goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchChanged {
    /// It.
    pub batch: EffectivenessBatchId,
    /// Where it stood.
    pub from: BatchState,
    /// Where it stands.
    pub to: BatchState,
    /// The most that may be spent from then on, in tokens.
    pub budget: Option<i64>,
}

impl Event for BatchChanged {
    const KIND: &'static str = "effectiveness_batch.changed";
    const TOPIC: &'static str = EFFECTIVENESS;
    fn resource(&self) -> Resource {
        Resource::new("EffectivenessBatch", self.batch)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let Self { from, to, budget, .. } = self;
        (Some(json!({ "state": from })), Some(json!({ "state": to, "budgetTokens": budget })))
    }
}

/// A batch is over, or cannot go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchFinished {
    /// It.
    pub batch: EffectivenessBatchId,
    /// How it stands.
    pub state: BatchState,
    /// Who began it.
    pub by: Option<UserId>,
    /// So many chats were analysed.
    pub done: i32,
    /// So many were already.
    pub cached: i32,
    /// So many could not be.
    pub failed: i32,
    /// So many are left.
    pub left: i32,
    /// What was spent, in tokens.
    pub spent: i64,
}

impl Event for BatchFinished {
    const KIND: &'static str = "effectiveness_batch.finished";
    const TOPIC: &'static str = EFFECTIVENESS;
    fn resource(&self) -> Resource {
        Resource::new("EffectivenessBatch", self.batch)
    }
    fn details(&self) -> Option<Json> {
        let Self { state, done, cached, failed, left, spent, .. } = self;
        Some(json!({
            "state": state, "done": done, "cached": cached, "failed": failed, "left": left, "spentTokens": spent,
        }))
    }
}
