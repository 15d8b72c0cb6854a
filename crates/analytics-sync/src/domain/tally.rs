//! How often what happened.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::store::event::Model as AnalyticsEvent;

/// What is counted as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter {
    /// The day in the company's zone, `YYYY-MM-DD`.
    pub day: String,
    /// The type.
    pub event_type: String,
    /// The page.
    pub page: String,
    /// The source.
    pub source: String,
}

/// The counts of a batch, in the order of what is counted: whoever writes several takes them in that order, so that no two wait
/// for each other.
pub type Tally = BTreeMap<Counter, i64>;

/// Counts events by the days of a zone.
pub fn tally(events: &[AnalyticsEvent], zone: Tz) -> Tally {
    let mut tally = Tally::new();
    for event in events {
        let day = event.created_at.with_timezone(&zone).format("%Y-%m-%d").to_string();
        let counter = Counter { day, event_type: event.event_type.clone(), page: event.page(), source: event.source() };
        *tally.entry(counter).or_default() += 1;
    }
    tally
}
