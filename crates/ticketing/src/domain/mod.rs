//! Types and rules, without a database.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;

/// The topic of the events of projects and service levels.
pub const TOPIC: &str = "ticketing";
