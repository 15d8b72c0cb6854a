//! Service levels in the schema: policies, and how a ticket stands by its own.

pub mod clocks;
pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::ServiceLevelMutation;
pub use queries::ServiceLevelQuery;
pub use types::ServiceLevelPolicy;
