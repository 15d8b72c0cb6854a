//! Exports.

pub mod export;
pub mod repository;
