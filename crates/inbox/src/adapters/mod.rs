//! Outward adapters.

pub mod mail;
