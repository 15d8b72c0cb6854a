//! Tickets: where they go, what is told of them, what is kept of their changes.

pub mod difference;
pub mod events;
pub mod link_events;
pub mod status;
pub mod ticket;
