//! The rules of access: roles, single permissions, and what follows from them.

pub mod events;
pub mod role;
