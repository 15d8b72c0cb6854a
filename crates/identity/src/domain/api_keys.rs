//! API keys: programs that act for a person, with a part of what the person may do.

use chrono::{DateTime, Utc};
use kernel::{
    events::{Event, Resource, Severity},
    id::{ApiKeyId, UserId},
    record::ByPlace,
};
use sea_orm::{DerivePartialModel, prelude::Json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::store::api_keys::api_key;

/// How many keys that are not revoked one person may have.
pub const MAX_KEYS: u64 = 50;

/// A key as everybody sees it who may: without the hash by which it is known when it is used.
#[derive(Debug, Clone, PartialEq, Eq, DerivePartialModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(entity = "api_key::Entity")]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// Whom it acts for.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The first 8 characters of its random part.
    pub prefix: String,
    /// The names of its permissions. What the owner does not hold any more, it does not have either.
    pub permissions: Json,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
    /// By whom.
    pub revoked_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ApiKey {
    /// The names of its permissions.
    pub fn permission_names(&self) -> Vec<String> {
        names(&self.permissions)
    }
}

/// The names in the stored list of permissions.
pub fn names(permissions: &Json) -> Vec<String> {
    permissions.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(Into::into)).collect()
}

/// A new key with its text, which is shown once. Kept nowhere but in the encrypted answer of an idempotency key.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewApiKey {
    /// The key.
    pub key: ApiKey,
    /// Its text.
    pub text: String,
}

impl std::fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A key was made.
#[derive(Serialize)]
pub struct ApiKeyCreated {
    /// The key.
    pub key: ApiKey,
}

impl Event for ApiKeyCreated {
    const KIND: &'static str = "api_key.created";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("ApiKey", self.key.id)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let key = &self.key;
        let values = json!({
            "name": key.name, "prefix": key.prefix, "permissions": key.permissions, "expiresAt": key.expires_at,
        });
        (None, Some(values))
    }
}

/// A key was ended.
#[derive(Serialize)]
pub struct ApiKeyRevoked {
    /// The key.
    pub key: ApiKeyId,
    /// Whom it acted for.
    pub owner: UserId,
}

impl Event for ApiKeyRevoked {
    const KIND: &'static str = "api_key.revoked";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("ApiKey", self.key)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "revoked": false })), Some(json!({ "revoked": true })))
    }
}
