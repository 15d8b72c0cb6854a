//! Social platforms: what is set of them, what they gave us, and what is told of it.

pub mod events;
pub mod grant;
pub mod platform;
