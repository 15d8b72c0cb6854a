//! How things are counted.

pub mod block;
pub mod facts;
pub mod group;
pub mod metric;
pub mod period;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod thing;
pub mod working;
