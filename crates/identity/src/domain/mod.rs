//! People, roles and sessions, without a database.

pub mod events;
pub mod person;
pub mod account_events;
pub mod links;
pub mod one_time;
pub mod password_rules;
pub mod picture;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
