//! The tables of API keys.

pub mod api_key;
pub(crate) mod repository;
