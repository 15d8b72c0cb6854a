//! The tables of this context and the ports' implementation on them.

pub mod department;
mod factors;
mod people;
pub mod recovery_code;
pub mod refresh_token;
pub mod role;
pub mod session;
mod sessions;
pub mod team;
pub mod team_member;
pub mod user;
pub mod user_permission;
