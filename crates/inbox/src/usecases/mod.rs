//! One verb a file.

pub mod assign_message;
pub mod deliver_reply;
pub mod hand_over;
pub mod index_messages;
pub mod reply_to_message;
pub mod set_message_status;
pub mod submit_message;
