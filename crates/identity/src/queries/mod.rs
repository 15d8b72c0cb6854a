//! Reads.

pub mod access;
pub mod directory;
pub mod people;
pub mod platform;
