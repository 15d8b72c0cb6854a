//! What scoring needs beside the records.

use kernel::{Cx, Result};

use crate::{
    domain::scores::facts::Heard,
    store::{
        leads::lead::Model as Lead,
        scores::{rule_set::Model as ScoreRuleSet, scoring::Model as LeadScoring},
    },
};

/// The tables of scorings and rules, whoever asks.
pub trait ScoreBook {
    /// Adds a scoring.
    async fn add_scoring(&self, scoring: &LeadScoring) -> Result<()>;
    /// The rules that are used; `None` where those are the ones that are built in.
    async fn live_rules(&self) -> Result<Option<ScoreRuleSet>>;
    /// The highest number that a set has.
    async fn last_rule_set_number(&self) -> Result<i32>;
}

/// What leads wrote; answered by the inbox through the gateway.
pub trait Hearing {
    /// What a lead wrote and did, whoever asks: a scoring is the same whoever has it made.
    async fn heard(&self, cx: &Cx, lead: &Lead) -> Result<Heard>;
}
