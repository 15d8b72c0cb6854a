//! How B2Chat is connected: one row at the most.

use chrono::{DateTime, Utc};
use kernel::id::UserId;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How it stands between B2Chat and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum B2chatAccessStatus {
    /// It takes our credentials, as far as is known.
    Connected,
    /// It takes them no more.
    Refused,
    /// Somebody ended it.
    Disconnected,
}

/// The id of the only row.
pub const ONLY: i32 = 1;

/// How B2Chat is connected. The credentials are never shown, told or printed.
#[derive(Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_access")]
pub struct Model {
    /// Always [`ONLY`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// What we act with there, sealed; none once it is disconnected.
    #[serde(skip)]
    pub credentials_encrypted: Option<Vec<u8>>,
    /// How it stands.
    pub status: B2chatAccessStatus,
    /// What B2Chat said when it refused the credentials.
    pub last_error: Option<String>,
    /// Raised whenever it is connected or disconnected.
    pub round: i32,
    /// When the schedule begins runs next.
    pub due_at: Option<DateTime<Utc>>,
    /// Who connected it.
    pub connected_by_id: Option<UserId>,
    /// And when.
    pub connected_at: DateTime<Utc>,
    /// A hash of the address and the user name.
    pub account: Option<String>,
    /// Since when those are others than before: what was read earlier was another B2Chat's.
    pub account_since: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Leaves the secrets out, although they are encrypted.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("B2chatAccess").field("status", &self.status).finish_non_exhaustive()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
