//! The table of refresh tokens; only their hashes are stored.

use chrono::{DateTime, Utc};
use kernel::id::{RefreshTokenId, SessionId};
use sea_orm::entity::prelude::*;

/// A refresh token as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "refresh_tokens")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshTokenId,
    /// The session it belongs to.
    pub session_id: SessionId,
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// The token that its first use bought.
    pub replaced_by: Option<RefreshTokenId>,
    /// When it was first used.
    pub used_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
