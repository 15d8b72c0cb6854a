//! Chats, without a database.

pub mod conversation;
pub mod events;
