//! What moved from a visitor to the one whom they were merged into.

use kernel::id::VisitorId;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// What belongs to visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// A message.
    Message,
    /// A live chat.
    Chat,
    /// A booked consultation.
    Consultation,
    /// A visitor who had been merged into them before.
    Visitor,
}

/// One thing that moved.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "visitor_moves")]
pub struct Model {
    /// The visitor who was merged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: VisitorId,
    /// What it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
