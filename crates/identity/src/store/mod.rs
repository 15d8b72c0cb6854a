//! The tables of this context and the ports' implementation on them.

pub mod api_key;
mod api_keys;
pub mod department;
mod departments;
mod people;
pub mod refresh_token;
pub mod role;
pub mod session;
mod sessions;
pub mod team;
pub mod team_member;
pub mod user;
pub mod user_permission;
mod teams;
