//! The tables of this context and the ports' implementation on them.

pub mod assistant;
pub mod comments;
pub mod help;
pub mod projects;
pub mod service_levels;
pub mod tickets;

pub use tickets::ticket;
