//! Scorings, and the rules that they are made by.

pub mod repository;
pub mod rule_set;
pub mod scoring;
