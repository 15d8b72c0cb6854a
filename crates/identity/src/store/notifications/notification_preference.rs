//! The table of what people decided about a type of notifications.

use chrono::{DateTime, Utc};
use kernel::id::UserId;
use sea_orm::entity::prelude::*;

use crate::domain::notifications::notification::NotificationType;

/// How somebody wants to be told of a type, beside their feed.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "notification_preferences")]
pub struct Model {
    /// Who decided.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// About which type.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: NotificationType,
    /// Whether by mail.
    pub email: bool,
    /// Whether in their own Teams channel.
    pub teams: bool,
    /// When they last decided.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
