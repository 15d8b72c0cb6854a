//! The audit context in the schema.

pub mod queries;
pub mod types;

pub use queries::AuditQuery;
pub use types::AuditLog;
