//! How long rows are kept, and what is kept whatever a policy says.

pub mod decided;
pub mod events;
pub mod progress;
