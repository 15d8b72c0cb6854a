//! Tables of the inbox.

pub mod m0003_messages;
pub mod m0019_acquaintances;
pub mod m0023_message_words;
pub mod m0024_desk;
pub mod m0025_chats;
pub mod m0026_consultations;
pub mod m0027_visitors_and_newsletter;
pub mod m0037_social_accounts;
pub mod m0038_conversations;
pub mod m0039_conversation_replies;
pub mod m0040_conversation_archives;
pub mod m0068_visitors;
