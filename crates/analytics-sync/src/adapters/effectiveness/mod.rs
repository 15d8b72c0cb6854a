//! Those who analyse chats.

pub mod anthropic;
pub mod builtin;
mod request;
