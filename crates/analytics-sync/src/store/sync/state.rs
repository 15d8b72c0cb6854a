//! How it stands with each kind of record.

use chrono::{DateTime, Utc};
use kernel::id::SyncStateId;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::SyncEntity;

/// How it stands with a kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncStateStatus {
    /// Nothing is under way.
    Idle,
    /// A run is under way.
    Running,
    /// The last run could not go on.
    Error,
    /// A run is paused.
    Paused,
}

/// How it stands with a kind of record.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_states")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncStateId,
    /// Of what.
    pub entity: SyncEntity,
    /// When the last run began that lost nothing.
    pub last_success_at: Option<DateTime<Utc>>,
    /// The last record that was read, as the source names it.
    pub last_synced_id: Option<String>,
    /// How many records of its day were read then.
    pub last_offset: Option<i32>,
    /// How it stands.
    pub status: SyncStateStatus,
    /// How many records the last run read.
    pub total_records: i32,
    /// How many of them well.
    pub successful_records: i32,
    /// How many could not be read.
    pub failed_records: i32,
    /// How long the last run took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// When the first run began.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
