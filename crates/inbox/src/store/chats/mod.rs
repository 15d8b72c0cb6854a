//! Chats: sessions, their lines, and the port on both.

pub mod line;
mod repository;
pub mod session;
