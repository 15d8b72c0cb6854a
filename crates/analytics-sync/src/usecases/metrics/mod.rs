//! What is counted when something changes.

pub mod days;
pub mod note;
pub mod recount;
pub mod write;
