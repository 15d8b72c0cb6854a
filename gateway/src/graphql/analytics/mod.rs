//! The analytics-sync context in the schema.

pub mod b2chat;
pub mod daily;
pub mod effectiveness;
pub mod events;
pub mod exports;
pub mod metrics;
pub mod sync;

pub use daily::AnalyticsQuery;
pub use effectiveness::{EffectivenessAnalysis, EffectivenessBatch, EffectivenessMutation, EffectivenessQuery};
pub use events::{AnalyticsEvent, AnalyticsEventMutation, AnalyticsEventQuery};
pub use exports::{Export, ExportMutation, ExportQuery};
pub use metrics::{MetricMutation, MetricQuery};
pub use sync::{ApiResponseLog, SyncMutation, SyncQuery, SyncRecordMutation, SyncRun};
