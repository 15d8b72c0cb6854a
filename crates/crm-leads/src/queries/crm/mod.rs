//! Connections with a CRM and what is brought there, as those see them who may.

pub mod connections;
pub mod syncs;
