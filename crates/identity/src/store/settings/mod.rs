//! The tables of settings, and how the company presents itself.

pub(crate) mod repository;
pub mod setting;
