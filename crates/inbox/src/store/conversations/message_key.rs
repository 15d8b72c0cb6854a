//! Which messages we have, in whatever month, and also when they are archived.

use chrono::{DateTime, Utc};
use kernel::id::{ConversationMessageId, SocialAccountId};
use sea_orm::entity::prelude::*;

/// A message of a platform.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "conversation_message_keys")]
pub struct Model {
    /// The account that it came to or from.
    #[sea_orm(primary_key, auto_increment = false)]
    pub social_account_id: SocialAccountId,
    /// As the platform names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub platform_message_id: String,
    /// It.
    pub message_id: ConversationMessageId,
    /// When it was written; the month it is kept under.
    pub received_at: DateTime<Utc>,
    /// Whether it came; one that was changed or taken back before has not.
    pub arrived: bool,
    /// What was changed of it before it came, or after it was archived.
    pub changes: Option<Json>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
