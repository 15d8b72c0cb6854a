//! Whether a shortcut is one saved reply's that all see, or belongs to replies that each only one person sees.

use sea_orm::entity::prelude::*;

/// A shortcut that was taken once.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "saved_reply_shortcuts")]
pub struct Model {
    /// It, in the form in which names are compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub shortcut: String,
    /// Whether all see the reply that has it.
    pub is_global: bool,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
