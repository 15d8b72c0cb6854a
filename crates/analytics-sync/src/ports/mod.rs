//! What the use cases need of the open transaction, of other contexts, and of other servers.

pub mod media;
pub mod source;

pub mod metrics;

pub mod exports;

pub mod effectiveness;

use kernel::{Cx, Result, id::VisitorId};

use crate::{domain::tally::Tally, store::event::Model as AnalyticsEvent};

/// Events and their counts.
pub trait Events {
    /// Adds events.
    async fn add(&self, events: &[AnalyticsEvent]) -> Result<()>;
    /// Adds to the counts of their days, in a part of each that is as good as any other.
    async fn count(&self, tally: &Tally, part: i32) -> Result<()>;
}

/// What this context must know of visitors; answered by the inbox through the gateway.
pub trait Visitors {
    /// The visitor who holds this token, who was seen now and looked at so many pages; `None` where nobody holds it.
    async fn seen(&self, cx: &Cx, token: &str, pages: i32) -> Result<Option<VisitorId>>;
}
