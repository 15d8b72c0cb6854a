//! How far a run is with each day.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SyncCheckpointId, SyncRunId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::SyncEntity;
use crate::store::b2chat::contact::Texts;

/// How far a run is with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum SyncCheckpointStatus {
    /// It is being read.
    Active,
    /// It is whole.
    Completed,
    /// It is over and not whole.
    Failed,
}

/// How far a run is with a day.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_checkpoints")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncCheckpointId,
    /// Of which run.
    pub run_id: SyncRunId,
    /// What is read.
    pub entity: SyncEntity,
    /// Which day, as YYYY-MM-DD.
    pub day: String,
    /// How many records the source has of it, as far as it said.
    pub total_records: Option<i32>,
    /// How many were read.
    pub processed_records: i32,
    /// How many of them well.
    pub successful_records: i32,
    /// How many could not be read.
    pub failed_records: i32,
    /// Those, in words; the first 20.
    pub failure_details: Texts,
    /// The place to go on at: day, offset, pass.
    pub checkpoint: String,
    /// How it stands.
    pub status: SyncCheckpointStatus,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When the day was over.
    pub completed_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
