//! The inbox context in the schema.

pub mod events;
pub mod filters;
pub mod mutations;
pub mod prime;
pub mod queries;
pub mod subscriptions;
pub mod types;

pub use mutations::InboxMutation;
pub use prime::{prime, prime_visitors};
pub use queries::InboxQuery;
pub use subscriptions::InboxSubscription;
pub use types::{Message, MessageReply, Visitor, message};
