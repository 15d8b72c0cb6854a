//! Imports of leads.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::LeadImportMutation;
pub use queries::LeadImportQuery;
pub use types::LeadImport;
