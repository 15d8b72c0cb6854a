//! What happens in the background: sealing, jobs, sweeping, cleaning up, and turning events into notifications.

pub mod ai_tasks;
pub mod answers;
pub mod cleaning;
pub mod clocks;
mod conversation_notices;
pub mod crm;
pub mod effectiveness;
pub mod exports;
pub mod extraction;
pub mod lead_notices;
pub mod media;
pub mod metric_facts;
pub mod notifications;
pub mod reads;
pub mod sync;
pub mod ticket_notices;
pub mod workers;
