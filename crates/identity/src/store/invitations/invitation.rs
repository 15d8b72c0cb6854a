//! The table of invitations.

use chrono::{DateTime, Utc};
use kernel::{
    id::{DepartmentId, InvitationId, RoleId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An invitation as stored.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "invitations")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// What they are called, as far as whoever invited them knows.
    pub name: Option<String>,
    /// Their first name, likewise.
    pub first_name: Option<String>,
    /// Their last name, likewise.
    pub last_name: Option<String>,
    /// The role they will have.
    pub role_id: RoleId,
    /// The department they will be in.
    pub department_id: Option<DepartmentId>,
    /// SHA-256 of the newest token.
    #[serde(skip)]
    pub hash: Vec<u8>,
    /// Who invited them.
    pub invited_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the newest token ends.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Who accepted it.
    pub accepted_as: Option<UserId>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Where an invitation stands. Nothing happens when one expires; it is seen by the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was accepted.
    Accepted,
    /// Nobody accepted it in time; it can be sent again.
    Expired,
    /// It was taken back.
    Revoked,
}

impl Model {
    /// Where it stands at an instant.
    pub fn status(&self, now: DateTime<Utc>) -> InvitationStatus {
        match () {
            () if self.accepted_at.is_some() => InvitationStatus::Accepted,
            () if self.revoked_at.is_some() => InvitationStatus::Revoked,
            () if self.expires_at <= now => InvitationStatus::Expired,
            () => InvitationStatus::Pending,
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("id", &self.id).finish_non_exhaustive()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
