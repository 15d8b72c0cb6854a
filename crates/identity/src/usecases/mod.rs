//! One verb a file.

pub mod add_person;
pub mod bootstrap;
pub mod deactivate_person;
pub mod details;
pub mod refresh_session;
pub mod roles;
pub mod set_setting;
pub mod sign_in;
pub mod sign_out;
pub mod test_smtp;
pub mod update_company_profile;
pub mod update_email_template;
pub mod update_person;
pub mod update_smtp_settings;
pub mod accept_invitation;
pub mod change_email;
pub mod invite_staff;
pub mod links;
pub mod register_client;
pub mod reset_password;
pub mod set_avatar;
pub mod update_profile;
pub mod verify_email;
