//! Reads of tickets.

pub mod around;
pub mod history;
pub mod list;
