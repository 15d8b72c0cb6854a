//! Projects: how they move, and what is told of them.

pub mod events;
pub mod project;
