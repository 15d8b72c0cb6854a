//! Errors are recorded, and groups of them resolved and reopened.

pub mod record;
pub mod resolve;
