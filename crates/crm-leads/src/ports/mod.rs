//! What the use cases need of the open transaction, and of the world outside.

pub mod ai_tasks;
pub mod crm;
pub mod imports;
pub mod leads;
pub mod scores;
