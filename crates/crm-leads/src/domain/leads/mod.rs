//! Leads: what they may be, where they go, what is told of them.

pub mod alike;
pub mod events;
pub mod lead;
pub mod status;
