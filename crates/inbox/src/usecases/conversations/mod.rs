//! Conversations: one verb a file.

pub mod archive_messages;
pub mod assign_conversation;
pub mod change_message;
pub mod erase_archived;
pub mod set_conversation_status;
pub mod several_conversations;
pub mod take_message;
pub mod take_told;
