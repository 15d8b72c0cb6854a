//! How often what happened on each day.

use sea_orm::entity::prelude::*;

/// A part of a count.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "analytics_daily")]
pub struct Model {
    /// The day in the company's zone, `YYYY-MM-DD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    /// What happened.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_type: String,
    /// On which page; empty where none was told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub page: String,
    /// What brought the visitors.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// Which part of the count it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    /// How often.
    pub count: i64,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
