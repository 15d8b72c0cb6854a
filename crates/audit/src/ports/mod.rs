//! What other contexts answer.

pub mod erasures;
pub mod persons;
pub mod retention;
