//! The rules of single sign-on: identity providers, accounts there, and people who are synced from there.

pub mod discovery;
pub mod events;
pub mod id_token;
pub mod user_sync;
