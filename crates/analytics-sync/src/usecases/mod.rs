//! One verb a file.

pub mod effectiveness;
pub mod exports;
pub mod media;
pub mod metrics;
pub mod record_events;
pub mod sync;
