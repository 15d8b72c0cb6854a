//! How things are counted.

pub mod apart;
pub mod block;
pub mod chosen;
pub mod facts;
pub mod group;
pub mod members;
pub mod metric;
mod order;
pub mod period;
mod sieve;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod thing;
pub mod working;
