//! Reads.

pub mod access;
pub mod api_keys;
pub mod invitations;
pub mod mail;
pub mod notifications;
pub mod organisation;
pub mod people;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod single_sign_on;
pub mod tenants;
