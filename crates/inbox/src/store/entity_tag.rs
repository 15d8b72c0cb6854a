//! Which tags a thing has.

use chrono::{DateTime, Utc};
use kernel::id::TagId;
use sea_orm::entity::prelude::*;

use crate::domain::entity::EntityType;

/// A tag of a thing.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "entity_tags")]
pub struct Model {
    /// The tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: TagId,
    /// The kind of thing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity_type: EntityType,
    /// The thing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entity_id: Uuid,
    /// Since when it has it.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
