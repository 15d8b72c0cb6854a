//! The rules of the chain and of the names, without a database.

pub mod hash;
pub mod names;
