//! Leads on their way into a CRM, and what comes back.

pub mod bring;
pub mod by_hand;
pub mod everything;
pub mod note;
mod outcome;
mod send;
pub mod take;
