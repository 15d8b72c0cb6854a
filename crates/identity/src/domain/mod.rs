//! People, roles and sessions, without a database.

pub mod access_events;
pub mod api_key;
pub mod department;
pub mod device;
pub mod events;
pub mod password_rules;
pub mod person;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
pub mod team;
pub mod tenancy;
pub mod totp;
