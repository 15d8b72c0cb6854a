//! What a company decided of a policy.

use chrono::{DateTime, Utc};
use kernel::{id::UserId, retention::RetentionAction};
use sea_orm::entity::prelude::*;

/// One policy that is not as it comes.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "retention_policies")]
pub struct Model {
    /// The policy.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// How many days rows are kept in the database.
    pub hot_days: i32,
    /// How many in all.
    pub total_days: Option<i32>,
    /// What happens then.
    pub action: RetentionAction,
    /// Whether it is carried out.
    pub is_enabled: bool,
    /// Who decided.
    pub updated_by_id: Option<UserId>,
    /// Raised by every change.
    pub version: i32,
    /// When it was first decided.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
