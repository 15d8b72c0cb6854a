//! The tags of chats, to be found by.

use kernel::id::B2chatChatId;
use sea_orm::entity::prelude::*;

/// A tag of a chat.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_chat_tags")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub chat_id: B2chatChatId,
    /// The tag in one form, whatever its case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_folded: String,
    /// As B2Chat writes it.
    pub tag: String,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
