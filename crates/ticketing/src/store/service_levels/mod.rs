//! The tables of service levels.

pub mod clock;
pub mod pause;
pub mod policy;
pub mod repository;
