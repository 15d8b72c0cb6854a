//! Reads of people: staff and clients, what is known of them, their pictures.

pub mod directory;
pub mod list;
pub mod names;
pub mod picture;
