//! Services that can be booked.

use chrono::{DateTime, Utc};
use kernel::{id::ServiceId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Something that visitors book.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "services")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ServiceId,
    /// Its name, unique.
    pub name: String,
    /// The name in the form in which names are compared.
    pub name_folded: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// How long it takes.
    pub duration_minutes: i32,
    /// How long whoever holds it must be free before.
    pub buffer_before_minutes: i32,
    /// How long whoever holds it must be free after.
    pub buffer_after_minutes: i32,
    /// How far apart the times are at which it can begin.
    pub step_minutes: i32,
    /// How long before its beginning it must be booked.
    pub notice_minutes: i32,
    /// How many days ahead it can be booked.
    pub days_ahead: i32,
    /// Whether it can be booked.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
