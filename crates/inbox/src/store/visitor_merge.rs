//! Who was merged into whom.

use chrono::{DateTime, Utc};
use kernel::id::{StaffId, VisitorId};
use sea_orm::entity::prelude::*;

/// A merge that stands.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "visitor_merges")]
pub struct Model {
    /// Who was merged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: VisitorId,
    /// Into whom.
    pub into_id: VisitorId,
    /// When the one who stays had come first before it.
    pub into_first_visit_at: DateTime<Utc>,
    /// Whether the one who stays took over what had brought the other here.
    pub source_taken: bool,
    /// What had brought them here themselves, where they did.
    pub into_source: Option<String>,
    /// By whom; absent when Frontdesk did it.
    pub merged_by: Option<StaffId>,
    /// When.
    pub merged_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
