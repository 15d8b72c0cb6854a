//! Which visitors were seen in one browser: a hint that they may be one person, and nothing more.

use chrono::{DateTime, Utc};
use kernel::id::VisitorId;
use sea_orm::entity::prelude::*;

/// Two visitors who were seen in one browser; each of two has a row.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "visitor_acquaintances")]
pub struct Model {
    /// The one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: VisitorId,
    /// The other.
    #[sea_orm(primary_key, auto_increment = false)]
    pub other_id: VisitorId,
    /// When that was first seen.
    pub seen_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
