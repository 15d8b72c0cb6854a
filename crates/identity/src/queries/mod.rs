//! Reads.

pub mod access;
pub mod api_keys;
pub mod company;
pub mod departments;
pub mod directory;
pub mod mail_server;
pub mod people;
pub mod platform;
mod ranked;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod teams;
pub mod wordings;
