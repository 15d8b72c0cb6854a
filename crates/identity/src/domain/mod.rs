//! People, roles and sessions, without a database.

pub mod discovery;
pub mod events;
pub mod account_events;
pub mod links;
pub mod one_time;
pub mod password_rules;
pub mod picture;
pub mod external_events;
pub mod id_token;
pub mod role;
pub mod session;
pub mod user_sync;
pub mod setting;
pub mod setting_events;
pub mod person;
pub mod card;
pub mod notification;
pub mod notification_events;
pub mod webhook;
