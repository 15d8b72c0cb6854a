//! The table of deliveries through channels.

use chrono::{DateTime, Utc};
use kernel::{
    id::{EventId, NotificationChannelId, NotificationDeliveryId, NotificationId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits to be tried, or tried again.
    Pending,
    /// Was taken.
    Sent,
    /// Was given up.
    Failed,
}

/// A notification on its way through a channel.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "notification_deliveries")]
pub struct Model {
    /// Its id, the same at each try.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationDeliveryId,
    /// The notification.
    pub notification_id: NotificationId,
    /// The channel.
    pub channel_id: NotificationChannelId,
    /// The event that it tells of.
    pub event_id: EventId,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// When it was taken.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
