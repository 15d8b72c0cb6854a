//! Departments.

use chrono::{DateTime, Utc};
use kernel::{id::B2chatDepartmentId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A department that B2Chat tells of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_departments")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: B2chatDepartmentId,
    /// As B2Chat codes it; its name where B2Chat gives none.
    pub code: String,
    /// Whether its name stands for its code.
    pub code_derived: bool,
    /// What it is called.
    pub name: String,
    /// The same, to be ordered by.
    pub name_order: String,
    /// The department that it is a part of.
    pub parent_id: Option<B2chatDepartmentId>,
    /// The ids from the root to this one, each ended by a slash.
    pub path: String,
    /// How many are above it.
    pub level: i32,
    /// Whether none is below it.
    pub is_leaf: bool,
    /// Whether it is in use.
    pub is_active: bool,
    /// When a synchronisation last told of it.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When it was first told of.
    pub created_at: DateTime<Utc>,
    /// When it last changed here.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
