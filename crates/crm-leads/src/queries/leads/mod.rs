//! Reads of leads.

pub mod duplicates;
pub mod history;
pub mod list;
