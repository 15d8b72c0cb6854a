//! Leads.

pub mod change;
pub mod lead;
pub mod merge;
pub mod repository;
