//! One verb a file.

pub mod add_person;
pub mod api_keys;
pub mod begin_totp;
pub mod bootstrap;
pub mod change_password;
pub mod confirm_totp;
pub mod deactivate_person;
pub mod departments;
pub mod details;
pub mod disable_totp;
mod proof;
pub mod refresh_session;
pub mod regenerate_recovery_codes;
pub mod reset_totp;
pub mod revoke_all_sessions;
pub mod revoke_session;
pub mod roles;
mod second_factor;
pub mod set_setting;
pub mod sign_in;
pub mod sign_out;
pub mod teams;
pub mod test_smtp;
pub mod update_company_profile;
pub mod update_email_template;
pub mod update_person;
pub mod update_smtp_settings;
