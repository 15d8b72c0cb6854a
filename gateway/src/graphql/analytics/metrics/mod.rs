//! Numbers over B2Chat chats, live chats and tickets.

pub mod inputs;
pub mod queries;
pub mod types;

pub use queries::{MetricMutation, MetricQuery};
