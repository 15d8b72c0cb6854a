//! Conversations on social platforms, without a database.

pub mod events;
pub mod heard;
pub mod months;
pub mod taking;
