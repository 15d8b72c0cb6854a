//! Tables of the inbox.

pub mod m0003_messages;
