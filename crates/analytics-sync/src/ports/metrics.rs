//! What metrics need of other contexts; answered through the gateway.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result};
use sea_orm::sea_query::SelectStatement;
use uuid::Uuid;

use crate::{domain::metrics::thing::Thing, store::metrics::fact::MetricKind};

/// Live chats and tickets.
pub trait Things {
    /// What counts of these things of a kind, as they are now; those that are not there are missing.
    async fn things(&self, cx: &Cx, kind: MetricKind, ids: &[Uuid]) -> Result<Vec<Thing>>;
    /// The ids of things of a kind, in their order: so many after one, from the first on where there is none.
    async fn ids_after(&self, cx: &Cx, kind: MetricKind, after: Option<Uuid>, limit: u64) -> Result<Vec<Uuid>>;
}

/// Departments of the company.
pub trait Departments {
    /// Of each department its id, and the ids from the root down to it.
    async fn paths(&self) -> Result<Vec<(Uuid, Vec<Uuid>)>>;
}

/// When the company works.
pub trait WorkingTimes {
    /// When it was at work between two instants: in order, none touching the next.
    async fn open(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>>;
}

/// Who sees which things of other contexts.
pub trait Sees {
    /// The ids of the things of a kind that the actor may see; `None` where there are none.
    fn visible(&self, cx: &Cx, kind: MetricKind) -> Option<SelectStatement>;
}
