//! Reads.

pub mod access;
pub mod directory;
pub mod identity_providers;
pub mod people;
