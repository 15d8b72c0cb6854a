//! One verb a file.

pub mod add_staff;
pub mod bootstrap;
pub mod deactivate_staff;
pub mod refresh_session;
pub mod sign_in;
pub mod sign_out;
pub mod api_keys;
pub mod departments;
pub mod teams;
