//! One verb a file.

pub mod claim_chat;
pub mod end_chat;
pub mod end_silent_chat;
pub mod enter;
pub mod mark_chat_read;
pub mod rate_chat;
pub mod request_transcript;
pub mod send_chat_message;
pub mod start_chat;
pub mod transfer_chat;
