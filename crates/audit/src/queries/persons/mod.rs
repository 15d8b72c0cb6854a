//! Finding somebody, and what is theirs.

pub mod find;
pub mod theirs;
