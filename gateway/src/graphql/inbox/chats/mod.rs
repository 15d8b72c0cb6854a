//! Live chats in the schema.

pub mod events;
pub mod filters;
pub mod mutations;
pub mod presence;
pub mod prime;
pub mod queries;
pub mod queue;
pub mod subscriptions;
pub mod types;
pub mod visitor;

pub use mutations::ChatMutation;
pub use queries::ChatQuery;
pub use subscriptions::ChatSubscription;
pub use types::{Chat, ChatConnection, ChatMessage};
