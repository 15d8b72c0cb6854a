//! The tables of retention.

pub mod archive;
pub mod hold;
pub mod policy;
pub mod run;
