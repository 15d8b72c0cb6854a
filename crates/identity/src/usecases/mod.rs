//! One verb a file.

pub mod add_staff;
pub mod bootstrap;
pub mod deactivate_staff;
pub mod platform_admins;
pub mod refresh_session;
pub mod seats;
pub mod sign_in;
pub mod sign_in_platform;
pub mod sign_out;
pub mod tenants;
