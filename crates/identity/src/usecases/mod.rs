//! One verb a file.

pub mod add_staff;
pub mod begin_totp;
pub mod bootstrap;
pub mod change_password;
pub mod confirm_totp;
pub mod deactivate_staff;
pub mod disable_totp;
mod proof;
pub mod refresh_session;
pub mod regenerate_recovery_codes;
pub mod reset_totp;
pub mod revoke_all_sessions;
pub mod revoke_session;
mod second_factor;
pub mod sign_in;
pub mod sign_out;
