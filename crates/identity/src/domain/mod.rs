//! People, roles and sessions, without a database.

pub mod events;
pub mod password_rules;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
pub mod person;
