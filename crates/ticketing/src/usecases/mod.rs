//! What can be done, one verb a file.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;
