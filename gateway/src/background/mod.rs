//! What happens in the background: sealing, jobs, sweeping, cleaning up, and turning events into notifications.

pub mod ai_tasks;
pub mod answers;
pub mod cleaning;
pub mod clocks;
mod conversation_notices;
pub mod crm;
mod desk_notices;
pub mod effectiveness;
pub mod error_notices;
pub mod errors;
pub mod exports;
pub mod extraction;
pub mod failed_jobs;
pub mod lead_notices;
pub mod media;
pub mod metric_facts;
pub mod notifications;
pub mod panics;
pub mod person_exports;
pub mod reads;
pub mod retention_notices;
pub mod sync;
pub mod ticket_notices;
pub mod work;
pub mod workers;
