//! The ticketing context in the schema: a folder a subject, named as in the crate.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;
