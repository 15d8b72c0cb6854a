//! How complete each day is.

use chrono::{DateTime, Utc};
use kernel::id::SyncRunId;
use sea_orm::entity::prelude::*;

use super::run::SyncEntity;
use crate::store::b2chat::contact::Texts;

/// How complete a day is.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "sync_coverage")]
pub struct Model {
    /// Of what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity: SyncEntity,
    /// Which day, in the zone of the source, as YYYY-MM-DD.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    /// How many records the source says that it has.
    pub expected: i32,
    /// How many it told of, each once.
    pub found: i32,
    /// How many of those could not be read.
    pub failed: i32,
    /// Those, as the source names them; the first 100.
    pub missing_ids: Texts,
    /// Whether all were told of and read.
    pub is_complete: bool,
    /// How often the day was read for that.
    pub passes: i32,
    /// Which run read it last.
    pub run_id: Option<SyncRunId>,
    /// When.
    pub checked_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
