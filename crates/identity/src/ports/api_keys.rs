//! What the use cases of API keys need.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Result,
    id::{ApiKeyId, UserId},
};

use crate::{domain::api_keys::ApiKey, store::api_keys::api_key};

/// API keys.
pub trait ApiKeys {
    /// How many keys of a person are not revoked.
    async fn unrevoked(&self, owner: UserId) -> Result<u64>;
    /// Adds a key.
    async fn add_key(&self, key: api_key::Model) -> Result<ApiKey>;
    /// A key that the actor may see, with its hash; nobody else changes it until the transaction ends.
    async fn key(&self, cx: &Cx, id: ApiKeyId) -> Result<Option<api_key::Model>>;
    /// Ends a key.
    async fn revoke(&self, id: ApiKeyId, by: UserId, at: DateTime<Utc>) -> Result<()>;
    /// Ends all keys of a person.
    async fn revoke_all(&self, owner: UserId, at: DateTime<Utc>) -> Result<()>;
}
