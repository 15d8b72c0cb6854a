//! What B2Chat tells of, without a database.

pub mod spans;
pub mod tags;
pub mod tree;
