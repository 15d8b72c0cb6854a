//! The rule of the chain, without a database.

pub mod hash;
