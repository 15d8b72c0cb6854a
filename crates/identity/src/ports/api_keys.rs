//! What the use cases of API keys need beside the records.

use chrono::{DateTime, Utc};
use kernel::{Result, id::UserId};

/// The keys of a person.
pub trait ApiKeys {
    /// How many keys of a person are not revoked.
    async fn unrevoked(&self, owner: UserId) -> Result<u64>;
    /// Ends all keys of a person.
    async fn revoke_all(&self, owner: UserId, at: DateTime<Utc>) -> Result<()>;
}
