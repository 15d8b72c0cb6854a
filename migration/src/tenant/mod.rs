//! A tenant's history, by context.

pub mod analytics_sync;
pub mod audit;
pub mod crm_leads;
pub mod identity;
pub mod inbox;
pub mod kernel;
pub mod ticketing;
