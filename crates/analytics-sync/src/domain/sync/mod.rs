//! Runs of the synchronisation, without a database.

pub mod days;
pub mod events;
pub mod pace;
pub mod passes;
pub mod tree;
