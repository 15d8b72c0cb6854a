//! The tables of the assistant.

pub mod conversations;
pub mod message;
pub mod session;
pub mod source;
