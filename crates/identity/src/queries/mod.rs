//! Reads.

pub mod access;
pub mod staff;
