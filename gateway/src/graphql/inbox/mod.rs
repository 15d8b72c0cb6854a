//! The inbox context in the schema.

pub mod booking;
pub mod chats;
pub mod conversation_replies;
pub mod conversations;
pub mod drafts;
pub mod events;
pub mod filters;
pub mod mutations;
pub mod newsletter;
pub mod notes;
pub mod prime;
pub mod queries;
pub mod saved_replies;
pub mod several;
pub mod social;
pub mod subscriptions;
pub mod tags;
pub mod timeline;
pub mod types;
pub mod visitors;

pub use booking::{Consultation, Holiday, Service};
pub use chats::{Chat, ChatMessage, ChatMutation, ChatQuery, ChatSubscription};
pub use conversations::{
    Conversation, ConversationMessage, ConversationMutation, ConversationQuery, ConversationSubscription,
    SeveralConversationsMutation,
};
pub use mutations::InboxMutation;
pub use newsletter::{NewsletterMutation, NewsletterQuery, NewsletterSubscription};
pub use prime::{prime, prime_visitors};
pub use queries::InboxQuery;
pub use several::SeveralMessagesMutation;
pub use subscriptions::InboxSubscription;
pub use types::{Message, MessageReply, Visitor, message};
pub use visitors::{VisitorMutation, visitor};
