//! Erasing people.

pub mod mutations;
pub mod queries;
pub mod types;

pub use mutations::ErasureMutation;
pub use queries::ErasureQuery;
pub use types::Erasure;
