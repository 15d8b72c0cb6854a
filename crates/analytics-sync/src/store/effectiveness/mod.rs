//! Analyses, and batches of them.

pub mod analysis;
pub mod batch;
pub mod book;
pub mod item;
