//! The tables of errors, and how they are written.

pub mod group;
pub mod log;
pub mod write;
