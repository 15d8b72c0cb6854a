//! One verb a file.

pub mod add_person;
pub mod bootstrap;
pub mod deactivate_person;
pub mod details;
pub mod refresh_session;
pub mod roles;
pub mod sign_in;
pub mod sign_out;
pub mod update_person;
