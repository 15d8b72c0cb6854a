//! The tables of this context and the ports' implementation on them.

pub mod avatar;
pub mod department;
mod external_identities;
pub mod external_identity;
pub mod identity_provider;
pub mod oidc_sign_in;
pub mod webhook_delivery;
pub mod email_template;
mod mail_setup;
pub mod invitation;
mod invitations;
pub mod one_time_token;
mod self_service;
mod people;
pub mod refresh_token;
pub mod role;
mod roles;
pub mod session;
mod sessions;
pub mod setting;
mod settings;
pub(crate) use settings::of;
pub mod smtp_settings;
pub mod team;
pub mod team_member;
pub mod user;
pub mod user_permission;
