//! The tables of connections with a CRM.

pub mod connecting;
pub mod connection;
