//! The table of sessions.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SessionId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// By its owner.
    SignedOut,
    /// A refresh token was used again, too late.
    Reused,
    /// By its owner from elsewhere, or by somebody who may.
    Revoked,
    /// Its owner's password was changed.
    PasswordChanged,
    /// Its owner was deactivated.
    Deactivated,
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "sessions")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The person's token version when it was opened.
    pub token_version: i32,
    /// Where it was opened from.
    pub address: Option<String>,
    /// With which program.
    pub agent: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// How often it got a new pair of tokens: its place in the family of refresh tokens.
    pub refreshes: i32,
    /// When it last got a pair of tokens.
    pub last_active_at: DateTime<Utc>,
    /// When its newest refresh token ends.
    pub expires_at: DateTime<Utc>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why.
    pub revoked_reason: Option<Reason>,
    /// Whether the second factor that a role requires was shown to a provider that is trusted with it.
    pub trusted_factor: bool,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
