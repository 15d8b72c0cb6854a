//! How the copying of media stands: one row.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// The one row.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_media_backup")]
pub struct Model {
    /// 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Since when there is no room left; none where there is some, as far as is known.
    pub full_since: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
