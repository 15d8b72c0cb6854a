//! Roles, permissions, and why somebody may do something.

pub mod permission;
pub mod roles;
