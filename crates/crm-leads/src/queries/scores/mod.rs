//! Reads of scorings and rules.

pub mod backtest;
pub mod rule_sets;
pub mod scorings;
