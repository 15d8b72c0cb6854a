//! The use cases of tenants from outside, their limits, and those who keep the platform.

pub mod administer;
pub mod bootstrap;
pub mod platform_admins;
pub mod reseal_secrets;
pub mod seats;
pub mod sign_in_platform;
