//! The registry's history.

pub mod m0001_tenants;
