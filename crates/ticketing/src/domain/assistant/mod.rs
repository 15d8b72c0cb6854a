//! What is asked of the assistant, what it answers from, and what is told of that.

pub mod conversation;
pub mod events;
pub mod extract;
pub mod passages;
pub mod provider;
