//! Tags of things that count.

use kernel::id::MetricFactId;
use sea_orm::entity::prelude::*;

/// A tag of a thing that counts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "metric_fact_tags")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub thing_id: MetricFactId,
    /// The tag in one form, whatever its case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_folded: String,
    /// As it is written.
    pub tag: String,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
