//! What other contexts answer of a person.

use async_trait::async_trait;
use kernel::{Cx, Result, id::UserId};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::domain::persons::Someone;

/// What of a table is somebody's, a few at a time.
#[derive(Debug, Clone, Default)]
pub struct Inside {
    /// What is theirs.
    pub rows: Vec<Json>,
    /// The id of the row that was read last, where there may be more.
    pub next: Option<Uuid>,
}

/// Who asks for what is held on a person, and what no statement can look into: compressed answers, archives.
#[async_trait]
pub trait PersonDesk: Send + Sync {
    /// What somebody may who is active, as it is now; `None` for anybody else.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn as_active(&self, cx: &Cx, who: UserId) -> Result<Option<Cx>>;
    /// Whether somebody has proved that their e-mail address is theirs: what else has it is theirs only then.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn proved(&self, cx: &Cx, who: UserId) -> Result<bool>;
    /// What of the rows of `table` behind `after` is somebody's.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database or the storage is away.
    async fn inside(&self, cx: &Cx, table: &str, whose: &Someone, after: Option<Uuid>) -> Result<Inside>;
}
