//! What is answered outside of the database: over the network, by rules, and in files.

pub mod b2chat;
pub mod effectiveness;
pub mod exports;
pub mod media;
