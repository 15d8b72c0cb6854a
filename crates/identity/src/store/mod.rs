//! The tables of this context and the ports' implementation on them.

pub mod api_key;
mod api_keys;
pub mod department;
mod departments;
pub mod email_template;
mod factors;
mod mail_setup;
mod people;
pub mod platform_admin;
pub mod platform_event;
pub mod recovery_code;
pub mod refresh_token;
pub mod role;
mod roles;
pub(crate) mod seats;
pub mod session;
mod sessions;
pub mod setting;
mod settings;
pub(crate) use settings::of;
pub mod smtp_settings;
pub mod team;
pub mod team_member;
mod teams;
pub(crate) mod tenants;
pub mod user;
pub mod user_permission;
