//! The rules of the organisation: departments and teams.

pub mod department;
pub mod team;
