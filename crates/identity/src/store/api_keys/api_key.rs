//! The table of API keys; only their hashes are stored.

use chrono::{DateTime, Utc};
use kernel::id::{ApiKeyId, UserId};
use sea_orm::entity::prelude::*;

/// A key as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "api_keys")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    /// Whom it acts for.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// The first 8 characters of its random part.
    pub prefix: String,
    /// SHA-256 of the whole text.
    pub hash: Vec<u8>,
    /// The names of its permissions.
    #[sea_orm(column_type = "JsonBinary")]
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

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
