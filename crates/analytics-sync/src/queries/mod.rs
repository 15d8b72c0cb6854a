//! Reads.

pub mod b2chat;
pub mod daily;
pub mod effectiveness;
pub mod events;
pub mod exports;
pub mod media;
pub mod metrics;
pub mod sync;
