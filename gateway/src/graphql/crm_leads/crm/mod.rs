//! CRMs in the schema: connections, and what is brought there.

pub mod filters;
pub mod inputs;
pub mod mutations;
pub mod queries;
pub mod syncing;
pub mod types;

pub use mutations::CrmConnectionMutation;
pub use queries::CrmQuery;
pub use syncing::CrmSyncMutation;
pub use types::{ConnectedCrm, CrmSync};
