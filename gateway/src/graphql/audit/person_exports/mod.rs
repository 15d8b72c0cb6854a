//! What is held on a person, given out.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::PersonExportMutation;
pub use queries::PersonExportQuery;
pub use types::PersonExport;
