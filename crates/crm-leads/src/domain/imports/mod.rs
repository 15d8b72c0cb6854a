//! Files of leads: how they are read, and what is told of their import.

pub mod events;
pub mod mapping;
pub mod sheet;
