//! The tables of tickets.

pub mod change;
pub mod link;
pub mod merge;
pub mod number;
pub mod repository;
pub mod ticket;
pub mod watcher;
pub mod year;
