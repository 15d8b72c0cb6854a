//! One verb a file.

pub mod add_staff;
pub mod bootstrap;
pub mod deactivate_staff;
pub mod refresh_session;
pub mod sign_in;
pub mod sign_out;
pub mod accept_invitation;
pub mod change_email;
pub mod invite_staff;
pub mod links;
pub mod register_client;
pub mod reset_password;
pub mod set_avatar;
pub mod update_profile;
pub mod verify_email;
