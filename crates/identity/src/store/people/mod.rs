//! The tables of people: staff and clients, what is known of them, their pictures.

pub mod avatar;
pub(crate) mod repository;
pub mod user;
