//! Connections that somebody has begun to make.

use chrono::{DateTime, Utc};
use kernel::id::UserId;
use sea_orm::entity::prelude::*;

use super::platform::Platform;

/// A person who was sent to a platform to let us in, until they are back.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "social_connecting")]
pub struct Model {
    /// SHA-256 of the state that they come back with.
    #[sea_orm(primary_key, auto_increment = false)]
    pub state_hash: Vec<u8>,
    /// Where they went.
    pub platform: Platform,
    /// Who.
    pub user_id: UserId,
    /// Where they come back to.
    pub redirect_uri: String,
    /// What proves that who comes back is who went (RFC 7636), sealed.
    pub verifier_encrypted: Option<Vec<u8>>,
    /// What the platform gave, sealed, while it is chosen which of several accounts is meant.
    pub granted_encrypted: Option<Vec<u8>>,
    /// When they went.
    pub created_at: DateTime<Utc>,
    /// Until when they may come back.
    pub expires_at: DateTime<Utc>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
