//! The context of leads in the schema: a folder a subject, named as in the crate.

pub mod ai_tasks;
pub mod crm;
pub mod imports;
pub mod leads;
pub mod scores;
