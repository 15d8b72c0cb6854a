//! The rules of sessions and their tokens.

pub mod device;
pub mod events;
pub mod session;
