//! Reads.

pub mod access;
pub mod directory;
pub mod people;
pub mod audience;
pub mod notification_channels;
pub mod notifications;
