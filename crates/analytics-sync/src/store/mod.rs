//! The tables of this context and the ports' implementation on them.

pub mod daily;
pub mod event;
pub mod events;
