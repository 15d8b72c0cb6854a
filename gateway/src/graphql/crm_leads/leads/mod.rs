//! Leads.

pub mod around;
pub mod events;
pub mod filters;
pub mod mutations;
pub mod prime;
pub mod queries;
pub mod several;
pub mod timeline;
pub mod types;

pub use around::LeadAroundMutation;
pub use events::LeadSubscription;
pub use mutations::LeadMutation;
pub use queries::LeadQuery;
pub use several::SeveralLeadsMutation;
pub use types::Lead;
