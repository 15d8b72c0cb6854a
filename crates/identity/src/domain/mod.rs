//! People, roles and sessions, without a database.

pub mod access_events;
pub mod account_events;
pub mod api_key;
pub mod card;
pub mod department;
pub mod device;
pub mod discovery;
pub mod events;
pub mod external_events;
pub mod id_token;
pub mod links;
pub mod notification;
pub mod notification_events;
pub mod one_time;
pub mod password_rules;
pub mod person;
pub mod picture;
pub mod role;
pub mod session;
pub mod setting;
pub mod setting_events;
pub mod team;
pub mod tenancy;
pub mod totp;
pub mod user_sync;
pub mod webhook;
