//! Tables of analytics-sync.

pub mod m0028_analytics_events;
