//! The rules of the chain, of the names, of errors, of how long rows are kept, and of people, without a database.

pub mod archives;
pub mod erasures;
pub mod errors;
pub mod hash;
pub mod heads;
pub mod lines;
pub mod names;
pub mod offline;
pub mod person_exports;
pub mod persons;
pub mod retention;
