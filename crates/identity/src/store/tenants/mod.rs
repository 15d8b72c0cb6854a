//! The tables of tenants from outside, their limits, and those who keep the platform.

pub mod platform_admin;
pub mod platform_event;
pub(crate) mod registry;
pub(crate) mod seats;
