//! The tables of this context and the ports' implementation on them.

pub mod department;
mod people;
pub mod platform_admin;
pub mod platform_event;
pub mod refresh_token;
pub mod role;
pub mod session;
pub(crate) mod seats;
mod sessions;
pub mod team;
pub mod team_member;
pub(crate) mod tenants;
pub mod user;
pub mod user_permission;
