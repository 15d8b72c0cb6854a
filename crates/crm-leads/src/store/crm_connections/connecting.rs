//! Connections that somebody has begun to make.

use chrono::{DateTime, Utc};
use kernel::id::{CrmConnectionId, UserId};
use sea_orm::entity::prelude::*;

use super::connection::CrmProvider;

/// A person who was sent to a CRM to let us in, until they are back.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "crm_connecting")]
pub struct Model {
    /// SHA-256 of the state that they come back with.
    #[sea_orm(primary_key, auto_increment = false)]
    pub state_hash: Vec<u8>,
    /// Where they went.
    pub provider: CrmProvider,
    /// The one that is to be connected again.
    pub connection_id: Option<CrmConnectionId>,
    /// The name of a new one.
    pub wanted_name: Option<String>,
    /// Who went.
    pub user_id: UserId,
    /// What proves that who comes back is who went (RFC 7636), sealed.
    pub verifier_encrypted: Vec<u8>,
    /// When they went.
    pub created_at: DateTime<Utc>,
    /// Until when they may come back.
    pub expires_at: DateTime<Utc>,
}

/// Leaves the secrets out, although they are encrypted.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CrmConnecting").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
