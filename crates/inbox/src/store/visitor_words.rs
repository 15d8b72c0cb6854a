//! By which words visitors are found. They lie beside the visitors, whose rows change with every page that is looked at.

use kernel::id::VisitorId;
use sea_orm::entity::prelude::*;

/// The words of a visitor, in a column that only the search knows.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "visitor_words")]
pub struct Model {
    /// Whose they are.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitorId,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
