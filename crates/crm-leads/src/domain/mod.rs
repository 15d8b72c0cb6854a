//! The rules of this context, without a database.

pub mod ai_tasks;
pub mod crm_connections;
pub mod crm_syncs;
pub mod imports;
pub mod leads;
pub mod scores;
