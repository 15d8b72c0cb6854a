//! The tables of access: roles, single permissions, and what follows from them.

pub(crate) mod repository;
pub mod role;
pub mod user_permission;
