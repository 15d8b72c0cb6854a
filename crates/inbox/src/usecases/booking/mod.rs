//! Bookings: what can be booked, and what becomes of what was.

pub mod assign_consultation;
pub mod available_slots;
pub mod book_consultation;
pub mod cancel_consultation;
pub mod conclude_consultation;
pub mod hand_over;
pub mod remind;
pub mod reschedule_consultation;
pub mod save_holiday;
pub mod save_service;
pub mod set_opening_hours;
