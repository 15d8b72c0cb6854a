//! What erasures need of other contexts.

use async_trait::async_trait;
use kernel::{Cx, Result, Tx, id::UserId};
use uuid::Uuid;

use crate::domain::persons::Someone;

/// Who somebody is who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Whether it is a client.
    pub is_client: bool,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether nobody else could do what they may.
    pub is_last_administrator: bool,
}

/// What other contexts do for an erasure.
#[async_trait]
pub trait ErasureDesk: Send + Sync {
    /// Who somebody is.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn account(&self, tx: &Tx, cx: &Cx, who: UserId) -> Result<Option<Account>>;
    /// Notes who must not come back from elsewhere, and makes what is others' and holds words of theirs be found by those no more,
    /// before anything goes.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn bury(&self, tx: &Tx, cx: &Cx, whose: &Someone) -> Result<()>;
    /// Lets people in no more whose row stays for now.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn shut(&self, tx: &Tx, cx: &Cx, people: &[UserId]) -> Result<()>;
    /// Erases what of a table no statement can look into: archives, compressed answers. Done twice it is as if done once; returns how
    /// many rows or parts went.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database or the storage is away.
    async fn inside(&self, cx: &Cx, table: &str, whose: &Someone) -> Result<u64>;
    /// Some rows of a table were erased in this transaction: what is counted of them is counted anew.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn erased(&self, tx: &Tx, cx: &Cx, table: &str, ids: &[Uuid]) -> Result<()>;
    /// How many files of exports there are in which somebody may be.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn exported(&self, cx: &Cx) -> Result<i64>;
    /// Ends those, since nobody looks into them; returns how many.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn end_exports(&self, cx: &Cx) -> Result<u64>;
    /// Removes the bytes of files that were given up.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the storage is away.
    async fn sweep(&self, cx: &Cx) -> Result<()>;
}
