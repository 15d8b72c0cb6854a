//! Reading and proving the trail, and what stands beside it.

pub mod erasures;
pub mod errors;
pub mod export;
pub mod heads;
pub mod list;
pub mod person_exports;
pub mod persons;
pub mod retention;
pub mod slow_operations;
pub mod verify;
