//! What a company's tasks read and wrote in a day.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

/// A day (UTC).
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ai_days")]
pub struct Model {
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: NaiveDate,
    /// What was read and written, in tokens.
    pub tokens: i64,
    /// What that cost, in millionths of a US dollar.
    pub cost_micros: i64,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
