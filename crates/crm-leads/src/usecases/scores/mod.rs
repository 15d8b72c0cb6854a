//! Leads are scored, and the rules kept that they are scored by.

pub mod record_score;
pub mod rule_sets;
pub mod score_lead;
