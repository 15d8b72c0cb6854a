//! Replies in conversations: when one is sent by itself, and what is told of them.

pub mod automatic;
pub mod events;
