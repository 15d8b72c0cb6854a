//! How often guides and documents were opened.

use sea_orm::entity::prelude::*;

/// A part of a count.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "help_views")]
pub struct Model {
    /// The guide or the document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub thing_id: Uuid,
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
