//! People, roles and sessions, without a database.

pub mod events;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
pub mod person;
pub mod card;
pub mod notification;
pub mod notification_events;
pub mod webhook;
