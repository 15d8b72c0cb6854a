//! What the use cases need of the open transaction, and of the world outside.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;
