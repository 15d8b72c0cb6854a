//! The table of departments.

use chrono::{DateTime, Utc};
use kernel::{id::DepartmentId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A department of the company.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "departments")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DepartmentId,
    /// Its name, unique among its siblings.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether people can still be put into it.
    pub is_active: bool,
    /// The department it is part of.
    pub parent_id: Option<DepartmentId>,
    /// The ids from the root down to this one, in hexadecimal, each with a slash behind it.
    pub path: String,
    /// How many are above it.
    pub level: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
