//! Reads.

pub mod access;
pub mod audience;
pub mod company;
pub mod directory;
pub mod identity_providers;
pub mod invitations;
pub mod mail_server;
pub mod notification_channels;
pub mod notifications;
pub mod people;
pub mod roles;
pub mod self_service;
pub mod settings;
pub mod wordings;
