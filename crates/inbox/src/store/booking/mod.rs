//! The tables of bookings.

pub mod consultation;
mod consultations;
pub mod holiday;
pub mod hours;
pub mod service;
mod services;
pub mod slot;
pub mod staff;
