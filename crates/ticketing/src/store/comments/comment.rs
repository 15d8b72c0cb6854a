//! Comments of tickets.

use chrono::{DateTime, Utc};
use kernel::{
    id::{TicketCommentId, TicketId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The sides of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CommentSender {
    /// A client.
    Client,
    /// We.
    Staff,
}

/// Who sees a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CommentVisibility {
    /// Whoever sees the ticket.
    Public,
    /// Colleagues who see the ticket.
    Internal,
}

/// What somebody said on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_comments")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TicketCommentId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Their side when they did.
    pub sender: CommentSender,
    /// Who sees it.
    pub visibility: CommentVisibility,
    /// The text.
    pub content: String,
    /// When its author last changed it.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Model {
    /// Whether only colleagues see it.
    pub fn is_internal(&self) -> bool {
        self.visibility == CommentVisibility::Internal
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
