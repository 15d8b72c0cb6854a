//! Tables of the inbox.

pub mod m0003_messages;
pub mod m0019_acquaintances;
pub mod m0023_message_words;
