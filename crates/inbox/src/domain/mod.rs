//! Messages, replies and their mails, without a database.

pub mod events;
pub mod mail;
pub mod message;
