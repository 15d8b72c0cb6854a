//! The audit context in the schema.

pub mod erasures;
pub mod errors;
pub mod person_exports;
pub mod persons;
pub mod queries;
pub mod retention;
pub mod slow_operations;
pub mod types;

pub use erasures::{Erasure, ErasureMutation, ErasureQuery};
pub use errors::{ErrorGroup, ErrorLog, ErrorMutation, ErrorQuery};
pub use person_exports::{PersonExport, PersonExportMutation, PersonExportQuery};
pub use persons::PersonQuery;
pub use queries::AuditQuery;
pub use retention::{
    Archive, LegalHold, LegalHoldMutation, LegalHoldQuery, RetentionMutation, RetentionQuery, RetentionRun,
};
pub use slow_operations::{SlowOperation, SlowOperationQuery};
pub use types::AuditLog;
