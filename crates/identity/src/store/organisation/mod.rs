//! The tables of the organisation: departments and teams.

pub mod department;
pub(crate) mod departments;
pub mod team;
pub mod team_member;
pub(crate) mod teams;
