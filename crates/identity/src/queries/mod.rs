//! Reads.

pub mod access;
pub mod directory;
pub mod identity_providers;
pub mod people;
pub mod company;
pub mod mail_server;
pub mod wordings;
