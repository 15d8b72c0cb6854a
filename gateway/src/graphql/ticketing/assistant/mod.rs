//! The assistant in the schema.

pub mod events;
mod live;
pub mod mutations;
pub mod queries;
pub mod types;

pub use events::AssistantSubscription;
pub use mutations::AssistantMutation;
pub use queries::AssistantQuery;
