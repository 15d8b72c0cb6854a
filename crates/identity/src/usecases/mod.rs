//! One verb a file.

pub mod add_staff;
pub mod bootstrap;
pub mod deactivate_staff;
pub mod refresh_session;
pub mod sign_in;
pub mod sign_out;
pub mod set_setting;
pub mod test_smtp;
pub mod update_company_profile;
pub mod update_email_template;
pub mod update_smtp_settings;
