//! Tags.

use chrono::{DateTime, Utc};
use kernel::{
    id::{TagId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A word that things are found by.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "tags")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TagId,
    /// Its name.
    pub name: String,
    /// The name in the form in which names are compared; none of one that went into another.
    pub name_folded: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: String,
    /// The tag that it became a part of; then it is none any more.
    pub merged_into: Option<TagId>,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
