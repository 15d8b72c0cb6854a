//! Comments of tickets, without a database.

pub mod events;
pub mod letter;
pub mod mention;
