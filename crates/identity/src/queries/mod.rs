//! Reads.

pub mod access;
pub mod company;
pub mod directory;
pub mod mail_server;
pub mod people;
pub mod roles;
pub mod settings;
pub mod wordings;
