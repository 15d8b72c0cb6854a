//! Which ticket went into which, and what it takes to take that back.

use chrono::{DateTime, Utc};
use kernel::id::{TicketId, UserId};
use sea_orm::entity::prelude::*;

/// A ticket went into another.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_merges")]
pub struct Model {
    /// The ticket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    /// The other.
    pub into_id: TicketId,
    /// What the ticket was before, and what went over.
    pub kept: Json,
    /// Who merged them.
    pub merged_by_id: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
