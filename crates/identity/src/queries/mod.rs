//! Reads.

pub mod access;
pub mod api_keys;
pub mod audience;
pub mod company;
pub mod departments;
pub mod directory;
pub mod identity_providers;
pub mod invitations;
pub mod mail_server;
pub mod notification_channels;
pub mod notifications;
pub mod people;
pub mod platform;
mod ranked;
pub mod roles;
pub mod self_service;
pub mod sessions;
pub mod settings;
pub mod teams;
pub mod wordings;
