//! Days on which nothing can be booked.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{id::HolidayId, record::ByPlace};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A day on which nothing can be booked.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "holidays")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HolidayId,
    /// The day, in the company's zone; unique.
    pub date: NaiveDate,
    /// What it is called.
    pub name: String,
    /// Whether it is kept.
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
