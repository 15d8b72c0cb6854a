//! The table of who belongs to which team.

use chrono::{DateTime, Utc};
use kernel::{
    id::{TeamId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What somebody is in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    /// Belongs to it.
    Member,
    /// Keeps its members too.
    Admin,
}

/// A membership.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "team_members")]
pub struct Model {
    /// The team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
    /// The colleague.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// What they are in it.
    pub role: TeamRole,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
