//! Those who answer: the built-in provider, and Anthropic's.

pub mod anthropic;
pub mod builtin;
mod connection;
mod request;
mod stream;
