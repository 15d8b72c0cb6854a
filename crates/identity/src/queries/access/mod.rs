//! Reads of access: roles, single permissions, and what follows from them.

pub mod actor;
pub mod roles;
