//! Tables of analytics-sync.

pub mod m0028_analytics_events;
pub mod m0047_b2chat;
pub mod m0048_metric_facts;
pub mod m0049_sync;
pub mod m0050_rollups;
pub mod m0051_effectiveness;
pub mod m0052_exports;
pub mod m0059_b2chat_orders;
pub mod m0060_plain_days;
pub mod m0066_sync_attempts;
