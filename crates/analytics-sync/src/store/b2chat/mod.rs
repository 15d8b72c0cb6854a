//! Tables of what B2Chat tells of.

pub mod agent;
pub mod chat;
pub mod chat_tag;
pub mod contact;
pub mod department;
pub mod message;
