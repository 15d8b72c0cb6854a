//! One verb a file.

pub mod assign_message;
mod assignee;
pub mod booking;
pub mod chats;
pub mod conversation_replies;
pub mod conversations;
pub mod convert_message;
pub mod deliver_reply;
pub mod drafts;
pub mod hand_over;
pub mod index_messages;
pub mod merge_visitors;
pub mod newsletter;
pub mod notes;
pub mod recognise;
pub mod reply_to_message;
pub mod saved_replies;
pub mod set_message_status;
pub mod several_messages;
pub mod social;
pub mod submit_message;
pub mod tags;
