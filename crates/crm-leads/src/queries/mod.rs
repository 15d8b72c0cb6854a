//! Reads: lists, and by-ids for loaders. Every one starts from what the actor may see.

pub mod ai_tasks;
pub mod crm;
pub mod imports;
pub mod leads;
pub mod scores;
