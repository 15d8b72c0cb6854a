//! The facts of a day in one piece.

use sea_orm::entity::prelude::*;

/// A day, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "metric_days")]
pub struct Model {
    /// Days since 1970.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i32,
    /// Raised whenever something of the day changed.
    pub mark: i64,
    /// What that was when the day was last counted.
    pub counted: i64,
    /// How many things began on it.
    pub things: i32,
    /// Their facts, as [`block`](crate::domain::metrics::block) writes them.
    pub block: Vec<u8>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
