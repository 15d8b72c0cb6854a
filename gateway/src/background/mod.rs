//! What happens in the background: sealing, jobs, sweeping, cleaning up, and turning events into notifications.

pub mod notifications;
pub mod reads;
pub mod workers;
