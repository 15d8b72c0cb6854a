//! Outward adapters.

pub mod mail;
pub mod rehearsal;
pub mod server;
pub mod social;
