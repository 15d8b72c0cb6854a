//! What happens in the background: sealing, jobs, sweeping, cleaning up, and turning events into notifications.

pub mod answers;
pub mod cleaning;
pub mod clocks;
pub mod extraction;
pub mod notifications;
pub mod reads;
pub mod ticket_notices;
pub mod workers;
