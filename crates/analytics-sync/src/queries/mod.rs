//! Reads.

pub mod daily;
pub mod events;
