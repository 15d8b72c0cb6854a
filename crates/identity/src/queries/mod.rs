//! Reads.

pub mod access;
pub mod directory;
pub mod invitations;
pub mod people;
pub mod company;
pub mod mail_server;
pub mod wordings;
pub mod self_service;
