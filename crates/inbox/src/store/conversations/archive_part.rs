//! Which conversations have messages in which archive.

use kernel::id::ConversationId;
use sea_orm::entity::prelude::*;

/// A conversation in an archive.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "conversation_archive_parts")]
pub struct Model {
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// The archive.
    #[sea_orm(primary_key, auto_increment = false)]
    pub archive_id: Uuid,
    /// How many of its messages are in it.
    pub messages: i32,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
