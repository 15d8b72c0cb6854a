//! Exports: what is wanted, of which columns, and how their values are written; without a database.

pub mod cells;
pub mod columns;
pub mod events;
pub mod report;
pub mod wanted;
