//! The tables of what is brought into a CRM.

pub mod queue;
pub mod record;
pub mod sync;
