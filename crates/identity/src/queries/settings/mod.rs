//! Reads of settings, and how the company presents itself.

pub mod company;
pub mod values;
