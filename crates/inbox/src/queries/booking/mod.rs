//! Reads of bookings.

pub mod consultations;
pub mod holidays;
pub mod plans;
pub mod services;
