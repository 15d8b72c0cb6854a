//! People, roles and sessions, without a database.

pub mod access;
pub mod api_keys;
pub mod mail;
pub mod notifications;
pub mod organisation;
pub mod people;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod single_sign_on;
pub mod tenants;

/// The topic of all events here.
pub const TOPIC: &str = "identity";
