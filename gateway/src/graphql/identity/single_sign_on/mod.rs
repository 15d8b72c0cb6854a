//! Identity providers, and signing in there.

pub mod mutations;
pub mod types;
