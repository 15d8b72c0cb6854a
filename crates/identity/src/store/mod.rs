//! The tables of this context and the ports' implementation on them.

pub mod department;
pub mod email_template;
mod people;
pub mod refresh_token;
pub mod role;
pub mod session;
mod sessions;
pub mod setting;
pub mod smtp_settings;
pub mod team;
pub mod team_member;
pub mod user;
pub mod user_permission;
pub mod notification;
pub mod notification_channel;
pub mod notification_delivery;
pub mod notification_position;
pub mod notification_preference;
