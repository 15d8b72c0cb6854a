//! Departments and teams.

pub mod departments;
pub mod teams;
