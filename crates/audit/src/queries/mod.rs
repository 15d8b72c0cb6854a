//! Reading and proving the trail.

pub mod list;
pub mod verify;
