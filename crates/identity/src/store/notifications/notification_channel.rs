//! The table of channels through which notifications are delivered.

use chrono::{DateTime, Utc};
use kernel::id::{NotificationChannelId, UserId};
use sea_orm::entity::prelude::*;

/// Where a channel leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ChannelKind {
    /// A workflow of Microsoft Teams that waits for web requests.
    MicrosoftTeams,
}

/// A channel as stored.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "notification_channels")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationChannelId,
    /// Where it leads.
    pub kind: ChannelKind,
    /// Whose it is; `None` for the company's.
    pub owner_id: Option<UserId>,
    /// Its name.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// The webhook's address, encrypted.
    pub url: Vec<u8>,
    /// The address's host, which may be shown.
    pub host: String,
    /// The names of the types that it takes; `None` for all that it may take.
    #[sea_orm(column_type = "JsonBinary")]
    pub types: Option<Json>,
    /// Whether it takes any.
    pub is_active: bool,
    /// Deliveries given up one after the other.
    pub failures: i32,
    /// When it was switched off for them.
    pub switched_off_at: Option<DateTime<Utc>>,
    /// What the last failed delivery failed for.
    pub last_error: Option<String>,
    /// The id of the team in Microsoft Teams that it leads to.
    pub teams_team_id: Option<String>,
    /// The team's name there.
    pub teams_team_name: Option<String>,
    /// The id of the channel there.
    pub teams_channel_id: Option<String>,
    /// The channel's name there.
    pub teams_channel_name: Option<String>,
    /// The next moment that is free for a card, in milliseconds since 1970.
    pub next_slot: i64,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
