//! Finding somebody, and what is theirs.

pub mod archived;
pub mod find;
pub mod kept;
pub mod theirs;
