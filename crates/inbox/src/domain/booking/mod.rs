//! Bookings without a database: which times there are, what may happen to one, what its mails and calendar files say.

pub mod calendar;
pub mod consultation;
pub mod events;
pub mod letter;
pub mod link;
pub mod plan;
pub mod service;
pub mod slots;
