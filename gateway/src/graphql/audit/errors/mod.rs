//! The log of errors in the schema.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::ErrorMutation;
pub use queries::ErrorQuery;
pub use types::{ErrorGroup, ErrorLog};
