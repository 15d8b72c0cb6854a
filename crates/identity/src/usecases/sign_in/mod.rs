//! The use cases of signing in: passwords, second factors, links in mails, registration.

pub mod begin_totp;
pub mod change_email;
pub mod change_password;
pub mod confirm_totp;
pub mod disable_totp;
pub mod links;
pub(crate) mod proof;
pub mod regenerate_recovery_codes;
pub mod register_client;
pub mod reset_password;
pub mod reset_totp;
pub(crate) mod second_factor;
pub mod verify_email;
pub mod with_password;
