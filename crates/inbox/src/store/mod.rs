//! The tables of this context and the ports' implementation on them.

pub mod acquaintance;
pub mod message;
mod messages;
pub mod reply;
pub mod visitor;
mod visitors;
