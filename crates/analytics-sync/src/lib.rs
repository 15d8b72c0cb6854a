//! What happened, in numbers.
//!
//! **Words.** An *event* is something that a visitor did on the website: a page view, or what the site gives a name of its own. Its
//! *page* is its address without what follows `?` or `#`, its *source* what brought the visitor there. The *daily counts* say how
//! often each happened on each day, by type, page and source; a day is one in the company's time zone.
//!
//! **Invariants.** Anybody may record events, so many at a time, and nobody but Frontdesk changes them. An event and its count are
//! written in one transaction, so the counts of a day are always the number of its events, also once those are gone. A visitor is
//! named only where their token was shown. Events are kept for a year, counts for ever: they name nobody.
//!
//! **No published events.** A page view is no change of anything at the desk: it is its own record, and the audit trail and the
//! outbox hold none of them.

mod domain;
mod policy;
mod ports;
mod queries;
mod store;
mod usecases;

pub use domain::{
    event::{NewEvent, PAGE_VIEW},
    tally::Tally,
};
pub use policy::{PERMISSIONS, VIEW_ANALYTICS};
pub use ports::{Events, Visitors};
pub use queries::{
    daily::{Counted, Dimension, Wanted, daily},
    events,
};
pub use store::{event::Model as AnalyticsEvent, events::purge};
pub use usecases::record_events::{RecordEvents, may_record, record_events};

/// The longest texts, in characters, and the most of each, as the SDL states them.
pub mod limits {
    /// Events in one batch.
    pub const BATCH: usize = 50;
    /// The name of a type of event.
    pub const TYPE: usize = 64;
    /// The address of a page.
    pub const URL: usize = 2_000;
    /// What a browser calls its session.
    pub const SESSION: usize = 100;
    /// The data of an event, in bytes of JSON.
    pub const DATA: usize = 4_096;
    /// How long ago an event may be, in seconds.
    pub const AGO: i32 = 86_400;
    /// A page as it is counted.
    pub const PAGE: usize = 300;
    /// A source as it is counted.
    pub const SOURCE: usize = 100;
    /// Days that counts are asked for at a time.
    pub const DAYS: i64 = 366;
    /// Counts in one answer.
    pub const COUNTS: u64 = 1_000;
}

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::event::Entity as AnalyticsEvents;
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{daily, event};
}
