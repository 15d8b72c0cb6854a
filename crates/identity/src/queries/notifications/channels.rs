//! Channels and what goes through them, for those who keep them.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    id::{NotificationChannelId, NotificationDeliveryId, UserId},
    part_of,
    record::ByPlace,
    record::{Field, Record, Unique},
};
use sea_orm::{
    Condition, DbBackend, DerivePartialModel, EntityTrait, QueryFilter, QuerySelect, QueryTrait, entity::prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::notifications::notification::NotificationType,
    policy::{MANAGE_NOTIFICATIONS, in_session},
    store::notifications::{
        notification_channel::{self as channel, ChannelKind},
        notification_delivery::{self as delivery, Model as Delivery},
    },
};

/// A channel as it is shown: without its address.
#[derive(Debug, Clone, PartialEq, DerivePartialModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(entity = "channel::Entity")]
pub struct Channel {
    /// Its id.
    pub id: NotificationChannelId,
    /// Where it leads.
    pub kind: ChannelKind,
    /// Whose it is; `None` for the company's.
    pub owner_id: Option<UserId>,
    /// Its name.
    pub name: String,
    /// The host of its address.
    pub host: String,
    /// The names of the types that it takes.
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
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Channel {
    /// Whether it takes notifications of a type.
    pub fn takes(&self, kind: NotificationType) -> bool {
        let allowed = self.owner_id.is_some() || !kind.declared().personal;
        allowed && self.chosen().is_none_or(|types| types.contains(&kind))
    }

    /// The types that were chosen; `None` for all that it may take. A name that this version does not know is left out.
    pub fn chosen(&self) -> Option<Vec<NotificationType>> {
        let names = self.types.as_ref()?.as_array()?;
        Some(names.iter().filter_map(|name| serde_json::from_value(name.clone()).ok()).collect())
    }
}

part_of!(Channel: channel::Entity { Id: id, CreatedAt: created_at });

impl Record for channel::Entity {
    type Id = NotificationChannelId;
    type Row = Channel;
    const WHAT: &'static str = "NotificationChannel";
    const ID: channel::Column = channel::Column::Id;
    const UPDATED_AT: Option<channel::Column> = Some(channel::Column::UpdatedAt);
    const UNIQUE: &'static [Unique<channel::Column>] =
        &[Unique { column: channel::Column::NameFolded, field: "name", taken: "another channel has this name" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_NOTIFICATIONS)
    }

    /// Their own, and all for those who keep them.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let own = cx.user().ok()?.id;
        let all = Condition::all();
        Some(if cx.can(MANAGE_NOTIFICATIONS) { all } else { all.add(channel::Column::OwnerId.eq(own)) })
    }
}

/// By whether they take anything.
pub const CHANNELS_BY_IS_ACTIVE: Field<channel::Column> = Field::new("isActive", &[channel::Column::IsActive]);
/// By whether they are a person's own.
pub const CHANNELS_BY_OWNER: Field<channel::Column> = Field::new("isPersonal", &[channel::Column::OwnerId]);

/// The actor's own channel.
pub async fn own_channel(conn: &Conn, cx: &Cx) -> Result<Option<Channel>> {
    let own = channel::Entity::find().filter(channel::Column::OwnerId.eq(in_session(cx, &[])?.id));
    Ok(own.into_partial_model::<Channel>().one(conn).await?)
}

impl Record for delivery::Entity {
    type Id = NotificationDeliveryId;
    type Row = Delivery;
    const WHAT: &'static str = "NotificationDelivery";
    const ID: delivery::Column = delivery::Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_NOTIFICATIONS)
    }

    /// Those through the channels that the actor may see.
    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        if cx.can(MANAGE_NOTIFICATIONS) {
            return Some(Condition::all());
        }
        let channels = channel::Entity::find().select_only().column(channel::Column::Id);
        let channels = channels.filter(channel::Entity::visible(cx, backend)?).into_query();
        Some(Condition::all().add(delivery::Column::ChannelId.in_subquery(channels)))
    }
}

/// By where they stand.
pub const DELIVERIES_BY_STATE: Field<delivery::Column> = Field::new("state", &[delivery::Column::State]);
/// By channel.
pub const DELIVERIES_BY_CHANNEL: Field<delivery::Column> = Field::new("channelId", &[delivery::Column::ChannelId]);
/// By when they were queued.
pub const DELIVERIES_BY_CREATED_AT: Field<delivery::Column> = Field::new("createdAt", &[delivery::Column::CreatedAt]);
