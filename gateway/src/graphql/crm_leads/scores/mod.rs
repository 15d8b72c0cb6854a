//! Scorings of leads, and the rules that they are made by.

pub mod backtests;
pub mod mutations;
pub mod queries;
pub mod types;

pub use backtests::BacktestQuery;
pub use mutations::ScoreMutation;
pub use queries::ScoreQuery;
pub use types::{LeadScoring, ScoreRuleSet};
