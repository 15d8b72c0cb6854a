//! Events and what is counted of them, without a database.

pub mod bots;
pub mod event;
pub mod tally;
