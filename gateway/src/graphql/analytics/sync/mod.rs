//! The synchronisation with B2Chat in the schema.

pub mod filters;
pub mod mutations;
pub mod queries;
pub mod records;
pub mod types;

pub use mutations::SyncMutation;
pub use queries::SyncQuery;
pub use records::SyncRecordMutation;
pub use types::{ApiResponseLog, SyncRun};
