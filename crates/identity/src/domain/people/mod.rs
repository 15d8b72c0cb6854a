//! The rules of people: staff and clients, what is known of them, their pictures.

pub mod events;
pub mod person;
pub mod phone;
pub mod picture;
