//! The table of notifications.

use chrono::{DateTime, Utc};
use kernel::{
    id::{EventId, NotificationId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::notification_delivery::DeliveryState;
use crate::domain::notifications::notification::{NotificationLevel, NotificationType};

/// Something that a person is told.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "notifications")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    /// Who is told.
    pub user_id: UserId,
    /// Its type.
    pub kind: NotificationType,
    /// How it is meant.
    pub level: NotificationLevel,
    /// What happened, in a few words.
    pub title: String,
    /// What happened, in a sentence or two.
    pub body: String,
    /// What it is about, as a prefixed id.
    pub resource: Option<String>,
    /// More of what it is about, by name: ids and words that a program may want.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Option<Json>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// The event that it tells of.
    pub event_id: EventId,
    /// When it was told.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
    /// Where its mail stands; `None` where none was wanted.
    pub mail_state: Option<DeliveryState>,
    /// Why the last try of its mail failed.
    pub mail_error: Option<String>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
