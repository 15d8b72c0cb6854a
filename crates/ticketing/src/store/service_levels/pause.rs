//! When clocks of tickets stood still.

use chrono::{DateTime, Utc};
use kernel::id::TicketId;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::store::ticket::TicketStatus;

/// A time in which the clocks of a ticket stood still.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_pauses")]
pub struct Model {
    /// The ticket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: DateTime<Utc>,
    /// Until when; none while they do.
    pub until_at: Option<DateTime<Utc>>,
    /// Because it stood where.
    pub status: TicketStatus,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
