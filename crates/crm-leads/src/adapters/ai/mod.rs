//! Those who do tasks.

pub mod anthropic;
pub mod builtin;
mod request;
