//! Companies from outside, and what one's own uses.

pub mod platform;
pub mod usage;
