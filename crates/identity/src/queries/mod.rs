//! Reads.

pub mod access;
pub mod api_keys;
pub mod departments;
pub mod directory;
pub mod people;
mod ranked;
pub mod teams;
