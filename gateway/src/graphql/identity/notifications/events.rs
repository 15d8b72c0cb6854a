//! One's own feed, live.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Interface, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use identity::NOTIFICATIONS;
use kernel::{
    Cx,
    events::{Event, Interest, Stored},
    id::UserId,
};

use super::feed::{Notification, notification, unread};
use crate::graphql::{
    errors::Result,
    live::{EventFeed, follow},
    scope::{Scope, scope},
};

/// Something happened in the viewer's feed.
#[derive(Interface)]
#[graphql(
    field(
        name = "sequence",
        ty = "&String",
        desc = "The number of the event, without gaps in the tenant. Resume after it with `after`."
    ),
    field(name = "at", ty = "&DateTime<Utc>", desc = "When it happened."),
    field(
        name = "unread_count",
        ty = "i32",
        desc = "How many are still to be read now; 1000 stands for that many or more."
    )
)]
pub enum NotificationEvent {
    /// The viewer was told something.
    NotificationReceived(NotificationReceived),
    /// The viewer read some of their notifications.
    NotificationsRead(NotificationsRead),
}

/// The viewer was told something.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct NotificationReceived {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    event: identity::NotificationCreated,
}

#[ComplexObject]
impl NotificationReceived {
    /// What, as it is now; null where it was removed since.
    async fn notification(&self, ctx: &Context<'_>) -> Result<Option<Notification>> {
        notification(ctx, self.event.notification).await
    }

    /// How many are still to be read now; 1000 stands for that many or more.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<i32> {
        unread(scope(ctx)).await
    }
}

/// The viewer read some of their notifications, here or in another window.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct NotificationsRead {
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    event: identity::NotificationsRead,
}

#[ComplexObject]
impl NotificationsRead {
    /// Which; null for all.
    async fn ids(&self) -> Option<Vec<async_graphql::ID>> {
        let ids = self.event.notifications.as_ref()?;
        Some(ids.iter().map(|id| async_graphql::ID(id.to_string())).collect())
    }

    /// How many are still to be read now; 1000 stands for that many or more.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<i32> {
        unread(scope(ctx)).await
    }
}

struct OwnFeed;

impl EventFeed for OwnFeed {
    type Event = NotificationEvent;

    fn interest(&self, cx: &Cx) -> kernel::Result<Interest> {
        Ok(Interest::one_of(NOTIFICATIONS, cx.user()?.id.0))
    }

    fn may(&self, cx: &Cx) -> kernel::Result<()> {
        cx.user()?;
        cx.in_session().map(drop)
    }

    async fn events_for(
        &self,
        _: &Scope,
        cx: &Cx,
        stored: &[Arc<Stored>],
    ) -> kernel::Result<Vec<Option<NotificationEvent>>> {
        let own = cx.user()?.id;
        stored.iter().map(|stored| told(stored, own)).collect()
    }
}

/// What somebody is told of an event: nothing, unless it is of their own feed.
fn told(stored: &Stored, own: UserId) -> kernel::Result<Option<NotificationEvent>> {
    if stored.topic.as_deref() != Some(NOTIFICATIONS) {
        return Ok(None);
    }
    let (sequence, at) = (stored.sequence.unwrap_or_default().to_string(), stored.at);
    Ok(match stored.kind.as_str() {
        identity::NotificationCreated::KIND => {
            let event: identity::NotificationCreated = stored.decode()?;
            let received = NotificationReceived { sequence, at, event };
            (received.event.user == own).then_some(NotificationEvent::NotificationReceived(received))
        }
        identity::NotificationsRead::KIND => {
            let event: identity::NotificationsRead = stored.decode()?;
            let read = NotificationsRead { sequence, at, event };
            (read.event.user == own).then_some(NotificationEvent::NotificationsRead(read))
        }
        _ => None,
    })
}

/// One's own feed, live.
#[derive(Default)]
pub struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// What happens in the viewer's own feed, as it happens. With `after`, what was missed comes first: nothing is left
    /// out and nothing comes twice.
    async fn notification_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "The `sequence` of the last event seen.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<NotificationEvent>> + 'ctx> {
        follow(scope(ctx), after, OwnFeed).await
    }
}
