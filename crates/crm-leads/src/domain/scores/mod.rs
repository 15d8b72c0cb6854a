//! How leads are scored.

pub mod events;
pub mod facts;
pub mod rules;
pub mod score;
