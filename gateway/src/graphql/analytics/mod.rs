//! The analytics-sync context in the schema.

pub mod daily;
pub mod events;

pub use daily::AnalyticsQuery;
pub use events::{AnalyticsEvent, AnalyticsEventMutation, AnalyticsEventQuery};
