//! What is held on people is given out.

pub mod events;
pub mod page;
