//! Chats are analysed: at once by rules, and in batches.

pub mod keep;
pub mod record;
pub mod run;
pub mod start;
