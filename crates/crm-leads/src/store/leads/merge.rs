//! Which lead went into which, and what it takes to take that back.

use chrono::{DateTime, Utc};
use kernel::id::{LeadId, UserId};
use sea_orm::entity::prelude::*;

/// A lead went into another.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "lead_merges")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: LeadId,
    /// The other.
    pub into_id: LeadId,
    /// What was filled in and went over.
    pub kept: Json,
    /// Who merged them.
    pub merged_by_id: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
