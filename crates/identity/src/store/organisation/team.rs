//! The table of teams.

use chrono::{DateTime, Utc};
use kernel::{
    id::{TeamId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A team of colleagues, across departments.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "teams")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// Its name, unique.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is in use; of one that is not, nobody sees anybody's work.
    pub is_active: bool,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
