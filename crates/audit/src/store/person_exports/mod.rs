//! Exports of what is held on people.

pub mod person_export;
pub mod repository;
