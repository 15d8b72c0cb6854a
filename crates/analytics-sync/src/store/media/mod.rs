//! Which media wait to be copied, and what stops that.

pub mod queue;
pub mod state;
