//! Imports of leads, and what was wrong with their rows.

pub mod error;
pub mod import;
pub mod repository;
