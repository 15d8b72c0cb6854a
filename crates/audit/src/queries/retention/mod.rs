//! Reads of retention.

pub mod archives;
pub mod due;
pub mod holds;
pub mod policies;
pub mod runs;
