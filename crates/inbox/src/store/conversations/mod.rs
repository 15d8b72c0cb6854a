//! Conversations on social platforms.

pub mod archive;
pub mod archive_part;
pub mod conversation;
pub mod message;
pub mod message_key;
pub mod partitions;
mod repository;
