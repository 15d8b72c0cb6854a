//! Tasks for providers of artificial intelligence.

pub mod day;
pub mod task;
mod tasks;
