//! Who watches tickets.

use chrono::{DateTime, Utc};
use kernel::id::{TicketId, UserId};
use sea_orm::entity::prelude::*;

/// Somebody watches a ticket.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_watchers")]
pub struct Model {
    /// The ticket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    /// Who, client or colleague.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
