//! Bookings in the schema: services, hours, holidays and consultations.

pub mod events;
pub mod filters;
pub mod mutations;
pub mod own;
pub mod queries;
pub mod setup;
pub mod types;

pub use types::{Consultation, Holiday, Service};
