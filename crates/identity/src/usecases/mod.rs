//! One verb a file.

pub mod add_person;
pub mod api_keys;
pub mod bootstrap;
pub mod deactivate_person;
pub mod departments;
pub mod details;
pub mod refresh_session;
pub mod roles;
pub mod set_setting;
pub mod sign_in;
pub mod sign_out;
pub mod teams;
pub mod test_smtp;
pub mod update_company_profile;
pub mod update_email_template;
pub mod update_person;
pub mod update_smtp_settings;
