//! What is told of scorings and of the rules that they are made by.

use kernel::{
    events::Event,
    id::{LeadId, LeadScoreId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{domain::leads::events::of_lead, store::leads::lead::LeadScore};

/// A lead was scored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadScored {
    /// The lead.
    pub lead: LeadId,
    /// The scoring.
    pub scoring: LeadScoreId,
    /// What it was before.
    pub from: Option<LeadScore>,
    /// What it is.
    pub to: LeadScore,
    /// The same as a number.
    pub value: i32,
    /// What made it.
    pub provider: String,
}

impl Event for LeadScored {
    const KIND: &'static str = "lead.scored";
    of_lead!();
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let now = json!({ "score": self.to, "scoreValue": self.value, "provider": self.provider });
        (Some(json!({ "score": self.from })), Some(now))
    }
}
