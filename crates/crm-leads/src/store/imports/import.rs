//! Imports of leads: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{FileId, LeadImportId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It waits for its turn.
    Queued,
    /// Its rows are being read.
    Running,
    /// All of them were.
    Done,
    /// It could not go on.
    Failed,
}

/// An import of leads from a file.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "lead_imports")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadImportId,
    /// The file; given up once it was read.
    pub file_id: Option<FileId>,
    /// What it was called.
    pub file_name: String,
    /// How far it is.
    pub state: ImportState,
    /// Which column is what: a [`Mapping`](crate::domain::imports::mapping::Mapping).
    pub mapping: Json,
    /// How many rows there are.
    pub row_count: i32,
    /// How many were read.
    pub rows_read: i32,
    /// How many leads were made.
    pub created_count: i32,
    /// How many were there already.
    pub duplicate_count: i32,
    /// How many rows were wrong.
    pub error_count: i32,
    /// Why it could not go on.
    pub failure: Option<String>,
    /// Who began it.
    pub created_by_id: Option<UserId>,
    /// Raised by every change.
    pub version: i32,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
