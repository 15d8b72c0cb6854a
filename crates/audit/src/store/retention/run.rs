//! Runs of policies: a guarded record.

use chrono::{DateTime, Utc};
use kernel::{
    id::{RetentionRunId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::retention::progress::Progress;

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RetentionStatus {
    /// It waits for its turn.
    Pending,
    /// It is being carried out.
    Running,
    /// Somebody stopped it for a while.
    Paused,
    /// It is done.
    Completed,
    /// It broke off, and is tried again.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "retention_runs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RetentionRunId,
    /// Whether it only counts.
    pub is_dry: bool,
    /// How far it is.
    pub status: RetentionStatus,
    /// How far with each policy.
    pub progress: Progress,
    /// How many rows are old enough and not held.
    pub rows_due: i64,
    /// How many are old enough and held.
    pub rows_held: i64,
    /// How many were removed.
    pub rows_removed: i64,
    /// How many of those were archived.
    pub rows_archived: i64,
    /// How many bytes the archives take.
    pub bytes: i64,
    /// Why it broke off.
    pub error_message: Option<String>,
    /// How often it was begun.
    pub attempts: i32,
    /// Who asked; none, where the schedule did.
    pub requested_by_id: Option<UserId>,
    /// Raised by every change of where it stands.
    pub version: i32,
    /// When it was asked for. What is old is counted from here.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over, whichever way.
    pub finished_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
