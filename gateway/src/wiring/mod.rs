//! The parts, put together: the application, contexts that answer each other, tenants, who asks.

pub mod app;
pub mod backend;
pub mod bookings;
pub mod bridges;
pub mod file_storage;
pub mod presence;
pub mod request_rates;
pub mod tenants;
