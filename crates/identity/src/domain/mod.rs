//! People, roles and sessions, without a database.

pub mod events;
pub mod role;
pub mod session;
pub mod person;
pub mod tenancy;
