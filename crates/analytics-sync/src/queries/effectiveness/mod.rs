//! Analyses and batches as those see them who may.

pub mod analyses;
pub mod averages;
pub mod batches;
