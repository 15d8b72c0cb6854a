//! What the contexts answer of their tables, and the company's settings.

use chrono::{DateTime, Utc};
use kernel::{Cx, Result, retention::Policy};
use uuid::Uuid;

/// What retention asks of others.
pub trait RetentionDesk: Sync {
    /// The policies of all contexts, in the order in which they are carried out.
    fn policies(&self) -> Vec<&'static Policy>;

    /// A setting that is a whole number.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn whole(&self, cx: &Cx, setting: &str) -> Result<i64>;

    /// Has the context move out some rows of before an instant in its own way, but for what belongs to `held`; returns how many,
    /// 0 where there are no more.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database or the storage is away.
    async fn move_out(&self, cx: &Cx, policy: &Policy, before: DateTime<Utc>, held: &[Uuid]) -> Result<u64>;
}

/// The setting that says how many rows a second are moved at the most.
pub const ROWS_PER_SECOND: &str = "retention.rows_per_second";
