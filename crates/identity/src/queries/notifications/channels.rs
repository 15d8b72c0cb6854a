//! Channels and what goes through them, for those who keep them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, IdComparator, TimeComparator, ValueComparator},
    id::{NotificationChannelId, NotificationDeliveryId, UserId},
    page::{Order, Page, Place, Slice},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DerivePartialModel, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, entity::prelude::*,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::notifications::notification::NotificationType,
    policy::{MANAGE_NOTIFICATIONS, in_session},
    store::notifications::{
        notification_channel::{self as channel, ChannelKind},
        notification_delivery::{self as delivery, DeliveryState, Model as Delivery},
    },
};

/// A channel as it is shown: without its address.
#[derive(Debug, Clone, PartialEq, DerivePartialModel, Serialize, Deserialize)]
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

    /// Where it stands in the list.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.created_at.into()], id: self.id.0 }
    }
}

/// The channels that the actor may see: their own, and all for those who keep them.
pub(crate) fn visible_channels(cx: &Cx) -> Result<Select<channel::Entity>> {
    let own = cx.user()?.id;
    let all = channel::Entity::find();
    Ok(if cx.can(MANAGE_NOTIFICATIONS) { all } else { all.filter(channel::Column::OwnerId.eq(own)) })
}

/// What channels can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct ChannelCriteria {
    /// By whether they take anything.
    pub is_active: Option<bool>,
    /// By whether they are a person's own.
    pub is_personal: Option<bool>,
}

impl Criteria for ChannelCriteria {
    fn conditions(&self, _: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(active) = self.is_active {
            all.push(Condition::all().add(channel::Column::IsActive.eq(active)));
        }
        if let Some(personal) = self.is_personal {
            let owner = channel::Column::OwnerId;
            all.push(Condition::all().add(if personal { owner.is_not_null() } else { owner.is_null() }));
        }
        Ok(all)
    }
}

/// A page of the channels, newest first.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_NOTIFICATIONS`].
pub async fn channels(conn: &Conn, cx: &Cx, filter: &Filter<ChannelCriteria>, page: &Page) -> Result<Slice<Channel>> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    let select = visible_channels(cx)?.filter(filter.condition(conn.get_database_backend())?);
    let order = Order { columns: vec![(channel::Column::CreatedAt, true)], id: channel::Column::Id };
    Ok(page.slice(order.apply(select, page).into_partial_model::<Channel>().all(conn).await?))
}

/// How many channels the filter leaves.
pub async fn count_channels(conn: &Conn, cx: &Cx, filter: &Filter<ChannelCriteria>) -> Result<u64> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    Ok(visible_channels(cx)?.filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// Channels by id, as far as the actor may see them.
pub async fn channels_by_ids(
    conn: &Conn,
    cx: &Cx,
    ids: &[NotificationChannelId],
) -> Result<HashMap<NotificationChannelId, Channel>> {
    let by_id = any_of(conn.get_database_backend(), channel::Column::Id, ids);
    let rows = visible_channels(cx)?.filter(by_id).into_partial_model::<Channel>().all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The actor's own channel.
pub async fn own_channel(conn: &Conn, cx: &Cx) -> Result<Option<Channel>> {
    let own = channel::Entity::find().filter(channel::Column::OwnerId.eq(in_session(cx, &[])?.id));
    Ok(own.into_partial_model::<Channel>().one(conn).await?)
}

/// What deliveries can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct DeliveryCriteria {
    /// By where they stand.
    pub state: Option<ValueComparator<DeliveryState>>,
    /// By channel.
    pub channel_id: Option<IdComparator<NotificationChannelId>>,
    /// By when they were queued.
    pub created_at: Option<TimeComparator>,
}

impl Criteria for DeliveryCriteria {
    fn conditions(&self, backend: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(state) = &self.state {
            all.extend(state.conditions("state", delivery::Column::State)?);
        }
        if let Some(channel) = &self.channel_id {
            all.extend(channel.conditions(backend, "channelId", delivery::Column::ChannelId)?);
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(delivery::Column::CreatedAt));
        }
        Ok(all)
    }
}

/// The deliveries through the channels that the actor may see.
fn visible_deliveries(cx: &Cx) -> Result<Select<delivery::Entity>> {
    let all = delivery::Entity::find();
    if cx.can(MANAGE_NOTIFICATIONS) {
        return Ok(all);
    }
    let channels = visible_channels(cx)?.select_only().column(channel::Column::Id).into_query();
    Ok(all.filter(delivery::Column::ChannelId.in_subquery(channels)))
}

/// A page of the deliveries, newest first.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_NOTIFICATIONS`].
pub async fn deliveries(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<DeliveryCriteria>,
    page: &Page,
) -> Result<Slice<Delivery>> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    let select = visible_deliveries(cx)?.filter(filter.condition(conn.get_database_backend())?);
    let order = Order { columns: vec![(delivery::Column::CreatedAt, true)], id: delivery::Column::Id };
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

/// Where a delivery stands in the list.
pub fn delivery_place(row: &Delivery) -> Place {
    Place { keys: vec![row.created_at.into()], id: row.id.0 }
}

/// How many deliveries the filter leaves.
pub async fn count_deliveries(conn: &Conn, cx: &Cx, filter: &Filter<DeliveryCriteria>) -> Result<u64> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    Ok(visible_deliveries(cx)?.filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// Deliveries by id, as far as the actor may see them.
pub async fn deliveries_by_ids(
    conn: &Conn,
    cx: &Cx,
    ids: &[NotificationDeliveryId],
) -> Result<HashMap<NotificationDeliveryId, Delivery>> {
    let by_id = any_of(conn.get_database_backend(), delivery::Column::Id, ids);
    let rows = visible_deliveries(cx)?.filter(by_id).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
