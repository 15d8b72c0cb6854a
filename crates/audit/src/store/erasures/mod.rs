//! Erasures.

pub mod erasure;
pub mod rows;
