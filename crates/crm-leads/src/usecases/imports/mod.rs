//! Leads come from a file: tried first, and then for real.

pub mod import_leads;
pub mod plan;
pub mod run;
