//! How long rows are kept, archives, and holds.

pub mod holds;
pub mod mutations;
pub mod queries;
pub mod types;

pub use holds::{LegalHold, LegalHoldMutation, LegalHoldQuery};
pub use mutations::RetentionMutation;
pub use queries::RetentionQuery;
pub use types::{Archive, RetentionRun};
