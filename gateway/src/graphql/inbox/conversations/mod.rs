//! Conversations on social platforms in the schema.

pub mod archives;
pub mod events;
pub mod filters;
pub mod mutations;
pub mod prime;
pub mod queries;
pub mod several;
pub mod types;

pub use events::ConversationSubscription;
pub use mutations::ConversationMutation;
pub use queries::ConversationQuery;
pub use several::SeveralConversationsMutation;
pub use types::{Conversation, ConversationMessage, SocialPlatform};
