//! What of a lead goes into a CRM, what comes back, and what is told of it.

pub mod events;
pub mod values;
