//! Exports.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::ExportMutation;
pub use queries::ExportQuery;
pub use types::Export;
