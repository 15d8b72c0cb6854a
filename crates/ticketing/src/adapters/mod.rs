//! The world outside: those who answer, and files in the formats of others.

pub mod assistant;
pub mod extract;
