//! The table of projects.

pub mod project;
pub mod repository;
