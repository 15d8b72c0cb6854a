//! People, roles and sessions, without a database.

pub mod events;
pub mod person;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
