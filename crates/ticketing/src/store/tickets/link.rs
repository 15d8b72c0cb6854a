//! What ties tickets.

use chrono::{DateTime, Utc};
use kernel::id::{TicketId, TicketLinkId, UserId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a ticket is to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketLinkKind {
    /// They have to do with each other.
    Related,
    /// It says the same.
    DuplicateOf,
    /// It goes on with what the other ended with.
    FollowUpOf,
}

/// What ties a ticket to another.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_links")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketLinkId,
    /// The one; of two that are related the one with the smaller id.
    pub ticket_id: TicketId,
    /// The other.
    pub other_id: TicketId,
    /// What the one is to the other.
    pub kind: TicketLinkKind,
    /// Who tied them; none, where Frontdesk did.
    pub created_by_id: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
