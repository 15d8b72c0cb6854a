//! Records that could not be read.

use chrono::{DateTime, Utc};
use kernel::{
    id::{SyncFailureId, SyncRunId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_failures")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SyncFailureId,
    /// Of which run.
    pub run_id: SyncRunId,
    /// On which day it was told of, as YYYY-MM-DD.
    pub day: String,
    /// As the source names it; none where it gives no id.
    pub record_id: Option<String>,
    /// What is wrong with it.
    pub message: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
