//! Reading chats.

pub mod lines;
pub mod sessions;
pub mod visitor;
