//! The channels that notifications are delivered through, and what became of the deliveries.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{
    entities::{notification_channel, notification_delivery},
    records::{Channels, Deliveries},
};
use kernel::{
    id::{NotificationChannelId, UserId},
    page::PageArgs,
};

use super::feed::NotificationType;
use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, User, user},
};
use crate::{
    comparator, connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, IdComparator},
        loaders::By,
        records::{always, list},
        scope::scope,
    },
};

/// Where a channel leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::ChannelKind")]
pub enum NotificationChannelKind {
    /// A workflow of Microsoft Teams that waits for web requests.
    MicrosoftTeams,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::DeliveryState")]
pub enum NotificationDeliveryState {
    /// It waits to be tried, or tried again.
    Pending,
    /// It was taken.
    Sent,
    /// It was given up.
    Failed,
}

/// A channel of a team in Microsoft Teams, as far as somebody said: an address does not tell where it leads.
#[derive(Debug, Clone, SimpleObject)]
pub struct TeamsPlace {
    /// The team's id.
    pub team_id: Option<String>,
    /// The team's name.
    pub team_name: Option<String>,
    /// The channel's id.
    pub channel_id: Option<String>,
    /// The channel's name.
    pub channel_name: Option<String>,
}

/// A channel that notifications are delivered through. Its address is a secret and never shown.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct NotificationChannel {
    /// Its id, `nch_…`.
    pub id: ID,
    /// Where it leads.
    pub kind: NotificationChannelKind,
    /// Its name.
    pub name: String,
    /// The host of its address.
    pub host: String,
    /// The types that it takes; null for all that it may take.
    pub types: Option<Vec<NotificationType>>,
    /// Whether it takes any.
    pub is_active: bool,
    /// Deliveries that were given up one after the other; at 5 it is switched off.
    pub failures: i32,
    /// When it was switched off for them.
    pub switched_off_at: Option<DateTime<Utc>>,
    /// What the last delivery that was given up failed for.
    pub last_error: Option<String>,
    /// Where it leads in Teams, as far as somebody said.
    pub teams: TeamsPlace,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    owner_id: Option<UserId>,
    #[graphql(skip)]
    created_by: Option<UserId>,
}

impl From<identity::Channel> for NotificationChannel {
    fn from(channel: identity::Channel) -> Self {
        Self {
            id: channel.id.into_id(),
            kind: channel.kind.into(),
            types: channel.chosen().map(|types| types.into_iter().map(Into::into).collect()),
            name: channel.name,
            host: channel.host,
            is_active: channel.is_active,
            failures: channel.failures,
            switched_off_at: channel.switched_off_at,
            last_error: channel.last_error,
            teams: TeamsPlace {
                team_id: channel.teams_team_id,
                team_name: channel.teams_team_name,
                channel_id: channel.teams_channel_id,
                channel_name: channel.teams_channel_name,
            },
            created_at: channel.created_at,
            updated_at: channel.updated_at,
            owner_id: channel.owner_id,
            created_by: channel.created_by,
        }
    }
}

#[ComplexObject]
impl NotificationChannel {
    /// Whether it is somebody's own, and not the company's.
    async fn is_personal(&self) -> bool {
        self.owner_id.is_some()
    }

    /// Whose it is; null for the company's, and without the permission to see them.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.owner_id).await
    }

    /// Who made it; null without the permission to see them.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.created_by).await
    }
}

/// A notification on its way through a channel. What it says is the concern of those whom it tells.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct NotificationDelivery {
    /// Its id, `ndl_…`; each try carries it in the header `X-Frontdesk-Delivery`.
    pub id: ID,
    /// Where it stands.
    pub state: NotificationDeliveryState,
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
    #[graphql(skip)]
    channel_id: NotificationChannelId,
}

impl From<identity::Delivery> for NotificationDelivery {
    fn from(row: identity::Delivery) -> Self {
        Self {
            id: row.id.into_id(),
            state: row.state.into(),
            attempts: row.attempts,
            last_error: row.last_error,
            next_try_at: row.next_try_at,
            sent_at: row.sent_at,
            created_at: row.created_at,
            channel_id: row.channel_id,
        }
    }
}

#[ComplexObject]
impl NotificationDelivery {
    /// The channel.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Option<NotificationChannel>> {
        channel(ctx, self.channel_id).await
    }
}

connection!(
    NotificationChannelConnection,
    NotificationChannelEdge,
    NotificationChannel,
    identity::Channel,
    "notification channels"
);
connection!(
    NotificationDeliveryConnection,
    NotificationDeliveryEdge,
    NotificationDelivery,
    identity::Delivery,
    "deliveries"
);

/// A channel, where the viewer may see it.
pub async fn channel(ctx: &Context<'_>, id: NotificationChannelId) -> Result<Option<NotificationChannel>> {
    Ok(scope(ctx).loaders.load_one(By::<Channels>(id)).await?.map(|row| row.as_ref().clone().into()))
}

comparator!(
    /// Comparisons with where a delivery stands.
    NotificationDeliveryStateComparator of NotificationDeliveryState as identity::DeliveryState
);

filter! {
    /// Which channels. All parts given must hold; at most 4 levels and 40 comparisons.
    NotificationChannelFilter of Channels {
        /// Whether they take any.
        is_active: bool,
        /// Whether they are somebody's own.
        is_personal: bool,
    }
    |level, leaves| {
        leaves.is(identity::CHANNELS_BY_IS_ACTIVE, level.is_active);
        leaves.is_set(identity::CHANNELS_BY_OWNER, level.is_personal);
    }
}

filter! {
    /// Which deliveries. All parts given must hold; at most 4 levels and 40 comparisons.
    NotificationDeliveryFilter of Deliveries {
        /// Where they stand.
        state: NotificationDeliveryStateComparator,
        /// Their channel, `nch_…`.
        channel_id: IdComparator,
        /// When they were queued.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<identity::DeliveryState>(identity::DELIVERIES_BY_STATE, level.state)?;
        leaves.id::<NotificationChannelId>(identity::DELIVERIES_BY_CHANNEL, level.channel_id)?;
        leaves.time(identity::DELIVERIES_BY_CREATED_AT, level.created_at)?;
    }
}

/// Reading channels and deliveries.
#[derive(Default)]
pub struct NotificationChannelQuery;

#[Object]
impl NotificationChannelQuery {
    /// The channels that notifications are delivered through, newest first: the company's, and people's own.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn notification_channels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<NotificationChannelFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<NotificationChannelConnection> {
        let page = PageArgs { first, after, last, before };
        let newest = always::<Channels>(notification_channel::Column::CreatedAt, true);
        Ok(list(ctx, "notification channels", filter, newest, page).await?.into())
    }

    /// What became of the cards for channels, newest first.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn notification_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<NotificationDeliveryFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<NotificationDeliveryConnection> {
        let page = PageArgs { first, after, last, before };
        let newest = always::<Deliveries>(notification_delivery::Column::CreatedAt, true);
        Ok(list(ctx, "notification deliveries", filter, newest, page).await?.into())
    }

    /// The viewer's own Teams channel; null where they have none.
    async fn own_teams_channel(&self, ctx: &Context<'_>) -> Result<Option<NotificationChannel>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.user()?;
        Ok(identity::own_channel(&scope.app.db.reader(&cx).await?, &cx).await?.map(Into::into))
    }
}
