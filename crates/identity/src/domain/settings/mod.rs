//! The rules of settings, and how the company presents itself.

pub mod events;
pub mod keys;
pub mod known;
pub mod setting;
