//! What is said on tickets, and the files of both.

pub mod events;
pub mod mutations;
pub mod subscriptions;
pub mod types;

pub use mutations::CommentMutation;
pub use subscriptions::TicketSubscription;
pub use types::{TicketComment, TicketCommentConnection};
