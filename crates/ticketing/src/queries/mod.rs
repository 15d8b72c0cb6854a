//! Reads: lists, and by-ids for loaders. Every one starts from what the actor may see.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;
