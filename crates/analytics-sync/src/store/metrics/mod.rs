//! The tables of metrics.

pub mod day;
pub mod fact;
pub mod fact_tag;
