//! What the use cases need of the organisation: departments and teams.

pub mod departments;
pub mod teams;
