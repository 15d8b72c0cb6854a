//! The tables of sessions and their tokens.

pub mod refresh_token;
pub(crate) mod repository;
pub mod session;
