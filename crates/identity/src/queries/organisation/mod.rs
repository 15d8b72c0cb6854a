//! Reads of the organisation: departments and teams.

pub mod departments;
pub mod teams;
