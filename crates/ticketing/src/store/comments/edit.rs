//! What comments said before they were edited.

use chrono::{DateTime, Utc};
use kernel::id::TicketCommentId;
use sea_orm::entity::prelude::*;

/// A text that a comment had.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_comment_edits")]
pub struct Model {
    /// The comment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub comment_id: TicketCommentId,
    /// Its how many-th text it was; the first is 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The text.
    pub content: String,
    /// Until when the comment had it.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
