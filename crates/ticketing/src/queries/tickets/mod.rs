//! Reads of tickets.

pub mod around;
pub mod course;
pub mod history;
pub mod list;
