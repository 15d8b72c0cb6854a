//! Answers of the source, as they came.

use chrono::{DateTime, Utc};
use kernel::{
    id::{ApiResponseLogId, SyncRunId},
    record::ByPlace,
};
use sea_orm::{DerivePartialModel, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// An answer of the source.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "api_response_logs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiResponseLogId,
    /// Of which run.
    pub run_id: SyncRunId,
    /// What was asked, such as `/chats/export`.
    pub endpoint: String,
    /// With which parameters.
    pub request_params: Json,
    /// The status of HTTP.
    pub status: i32,
    /// The body as it came, compressed (zstd).
    pub raw_response: Vec<u8>,
    /// Its bytes as it came.
    pub response_size: i32,
    /// Its bytes as it is kept.
    pub stored_size: i32,
    /// How many records it has.
    pub record_count: i32,
    /// When it was asked for.
    pub api_timestamp: DateTime<Utc>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An answer without its body.
#[derive(Debug, Clone, PartialEq, DerivePartialModel, ByPlace)]
#[sea_orm(entity = "Entity")]
pub struct ApiResponseLog {
    /// Its id.
    pub id: ApiResponseLogId,
    /// Of which run.
    pub run_id: SyncRunId,
    /// What was asked.
    pub endpoint: String,
    /// With which parameters.
    pub request_params: Json,
    /// The status of HTTP.
    pub status: i32,
    /// Its bytes as it came.
    pub response_size: i32,
    /// Its bytes as it is kept.
    pub stored_size: i32,
    /// How many records it has.
    pub record_count: i32,
    /// When it was asked for.
    pub api_timestamp: DateTime<Utc>,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

kernel::part_of!(ApiResponseLog: Entity { Id: id, RunId: run_id, CreatedAt: created_at });
