//! Reads.

pub mod access;
pub mod directory;
pub mod people;
pub mod company;
pub mod mail_server;
pub mod wordings;
pub mod audience;
pub mod notification_channels;
pub mod notifications;
