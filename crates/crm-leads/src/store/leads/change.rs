//! What happened to leads: written with every change, and never changed.

use chrono::{DateTime, Utc};
use kernel::{
    id::{LeadChangeId, LeadId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What was done to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LeadAction {
    /// It was made.
    Created,
    /// What it says was changed.
    Updated,
    /// It stands elsewhere.
    StatusChanged,
    /// Somebody else has it.
    Assigned,
    /// It went into another, or another into it.
    Merged,
    /// That was taken back.
    Unmerged,
}

/// One thing that happened to a lead.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "lead_history")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadChangeId,
    /// The lead.
    pub lead_id: LeadId,
    /// Who did it; none, where Frontdesk did.
    pub user_id: Option<UserId>,
    /// What.
    pub action: LeadAction,
    /// The status, the owner or the other lead before.
    pub old_value: Option<String>,
    /// The same then; of texts the names of what was changed.
    pub new_value: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
