//! Connections with a CRM: what is said to one, which of our fields go into which of its own, and what is told of it.

pub mod defaults;
pub mod events;
pub mod mapping;
pub mod remote;
