//! The parts, put together: the application, contexts that answer each other, tenants, who asks.

pub mod ai;
pub mod answers;
pub mod app;
pub mod backend;
pub mod bookings;
pub mod bridges;
pub mod comments;
pub mod effectiveness;
pub mod exports;
pub mod file_storage;
pub mod help;
pub mod lead_timeline;
pub mod leads;
pub mod library;
pub mod metrics;
pub mod presence;
pub mod request_rates;
pub mod social;
pub mod sync;
pub mod tenants;
pub mod tickets;
pub mod working_times;
