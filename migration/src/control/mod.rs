//! The registry's history.

pub mod m0001_tenants;
pub mod m0002_platform;
pub mod m0003_key_marks;
pub mod m0005_names;
pub mod m0006_social_routes;
