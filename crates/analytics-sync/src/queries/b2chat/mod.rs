//! What B2Chat tells of.

pub mod agents;
pub mod chats;
pub mod contacts;
pub mod departments;
pub mod messages;
