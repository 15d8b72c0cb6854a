//! One verb a file.

pub mod record_events;
