//! People, roles and sessions, without a database.

pub mod api_key;
pub mod department;
pub mod events;
pub mod person;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
pub mod team;
