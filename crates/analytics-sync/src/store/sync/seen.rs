//! What the pages of the day that is being read told of.

use kernel::id::SyncRunId;
use sea_orm::entity::prelude::*;

/// A record that a page told of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_seen")]
pub struct Model {
    /// In which run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: SyncRunId,
    /// By what the record is known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_key: String,
    /// The last pass that told of it.
    pub pass: i32,
    /// Whether it could not be read.
    pub failed: bool,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
