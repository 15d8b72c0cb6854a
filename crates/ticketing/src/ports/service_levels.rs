//! What service levels need of their tables.

use chrono::{DateTime, Utc};
use kernel::{Result, id::TicketId};

use crate::{
    domain::service_levels::{clock::Clock, policy::ServiceLevelPolicy},
    store::service_levels::pause::Model as Pause,
};

/// The tables of clocks.
pub trait ClockBook {
    /// The policies in use, in their order.
    async fn policies(&self) -> Result<Vec<ServiceLevelPolicy>>;
    /// The clocks of a ticket, in the order in which they were set.
    async fn clocks(&self, ticket: TicketId) -> Result<Vec<Clock>>;
    /// When they stood still, in order of time.
    async fn pauses(&self, ticket: TicketId) -> Result<Vec<Pause>>;
    /// Whether a colleague answered a ticket in public.
    async fn is_answered(&self, ticket: TicketId) -> Result<bool>;
    /// Begins a pause.
    async fn begin_pause(&self, pause: &Pause) -> Result<()>;
    /// Ends the pause that goes on.
    async fn end_pause(&self, ticket: TicketId, at: DateTime<Utc>) -> Result<()>;
    /// Writes what differs between the clocks of a ticket before and after, and wakes whoever tells of them.
    async fn save_clocks(&self, before: &[Clock], after: &[Clock]) -> Result<()>;
}

/// The table of policies.
pub trait PolicyBook {
    /// How many there are.
    async fn count_policies(&self) -> Result<u64>;
}
