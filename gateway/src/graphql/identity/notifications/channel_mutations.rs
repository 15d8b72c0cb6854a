//! Keeping channels.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use identity::{ChannelChange, ChannelTools};
use kernel::id::NotificationChannelId;

use super::{
    channels::{NotificationChannel, NotificationDelivery},
    feed::NotificationType,
};
use crate::graphql::identity::access::permission::Permission;
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        scalars::id,
        scope::scope,
    },
    wiring::app::App,
};

/// A channel of a team in Microsoft Teams; each text has at most 200 characters.
#[derive(Clone, InputObject)]
pub struct TeamsPlaceInput {
    /// The team's id.
    pub team_id: Option<String>,
    /// The team's name.
    pub team_name: Option<String>,
    /// The channel's id.
    pub channel_id: Option<String>,
    /// The channel's name.
    pub channel_name: Option<String>,
}

impl From<TeamsPlaceInput> for identity::TeamsPlace {
    fn from(input: TeamsPlaceInput) -> Self {
        let TeamsPlaceInput { team_id, team_name, channel_id, channel_name } = input;
        Self { team_id, team_name, channel_id, channel_name }
    }
}

/// A channel of the company's is wanted.
#[derive(Clone, InputObject)]
pub struct CreateNotificationChannelInput {
    /// Its name, at most 100 characters.
    pub name: String,
    /// The address that Teams shows for a workflow "when a Teams webhook request is received", at most 2000 characters.
    /// It is kept encrypted and never shown again.
    #[graphql(secret)]
    pub webhook_url: String,
    /// The types that it takes; all but people's own affairs where absent.
    pub types: Option<Vec<NotificationType>>,
    /// Where it leads in Teams.
    pub teams: Option<TeamsPlaceInput>,
}

/// A channel is to be changed; what is absent stays as it is.
#[derive(Clone, InputObject)]
pub struct UpdateNotificationChannelInput {
    /// The channel, `nch_…`. Of somebody else's own, nothing can be changed but that it is switched off.
    pub channel_id: ID,
    /// Its name, at most 100 characters.
    pub name: Option<String>,
    /// Another address, at most 2000 characters.
    #[graphql(secret)]
    pub webhook_url: Option<String>,
    /// The types that it takes; null for all that it may take.
    pub types: MaybeUndefined<Vec<NotificationType>>,
    /// Where it leads in Teams, all of it; null where nobody knows.
    pub teams: MaybeUndefined<TeamsPlaceInput>,
    /// Whether it takes any.
    pub is_active: Option<bool>,
}

/// One's own Teams channel; what is absent stays as it is. Which types it shows is said by `setNotificationPreference`.
#[derive(Clone, InputObject)]
pub struct SetOwnTeamsChannelInput {
    /// Its name, at most 100 characters.
    pub name: Option<String>,
    /// The address that Teams shows for a workflow "when a Teams webhook request is received", at most 2000 characters.
    /// Required the first time.
    #[graphql(secret)]
    pub webhook_url: Option<String>,
    /// Where it leads in Teams, all of it; null where nobody knows.
    pub teams: MaybeUndefined<TeamsPlaceInput>,
    /// Whether it takes any.
    pub is_active: Option<bool>,
}

/// A channel is to be tested.
#[derive(Clone, InputObject)]
pub struct TestNotificationChannelInput {
    /// The channel, `nch_…`: the company's, or one's own.
    pub channel_id: ID,
}

/// A delivery is to be tried again.
#[derive(Clone, InputObject)]
pub struct RetryNotificationDeliveryInput {
    /// The delivery, `ndl_…`.
    pub delivery_id: ID,
}

/// What came of making or changing a channel.
#[derive(SimpleObject)]
pub struct NotificationChannelPayload {
    /// The channel as it is then.
    pub channel: Option<NotificationChannel>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of a test.
#[derive(SimpleObject)]
pub struct TestNotificationChannelPayload {
    /// The channel.
    pub channel: Option<NotificationChannel>,
    /// Whether the card was taken. Whether Teams then shows it, it does not say; look there.
    pub accepted: Option<bool>,
    /// Why it was not.
    pub refusal: Option<String>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

impl TestNotificationChannelPayload {
    fn of(tested: kernel::Result<identity::Tested>) -> Result<Self> {
        let (tested, errors) = payload(tested)?;
        Ok(match tested {
            Some(identity::Tested { channel, refusal }) => {
                Self { channel: Some(channel.into()), accepted: Some(refusal.is_none()), refusal, errors }
            }
            None => Self { channel: None, accepted: None, refusal: None, errors },
        })
    }
}

/// What came of trying again.
#[derive(SimpleObject)]
pub struct RetryNotificationDeliveryPayload {
    /// The delivery as it is then.
    pub delivery: Option<NotificationDelivery>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Absent keeps, null clears.
fn place(given: MaybeUndefined<TeamsPlaceInput>) -> Option<Option<identity::TeamsPlace>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(place) => Some(Some(place.into())),
    }
}

fn tools(app: &App) -> ChannelTools<'_> {
    ChannelTools { keyring: app.db.keyring(), rules: &app.webhooks }
}

fn saved(answer: kernel::Result<identity::Channel>) -> Result<NotificationChannelPayload> {
    let (channel, errors) = payload(answer)?;
    Ok(NotificationChannelPayload { channel: channel.map(Into::into), errors })
}

fn types(types: Vec<NotificationType>) -> Vec<identity::NotificationType> {
    types.into_iter().map(Into::into).collect()
}

/// Keeping channels.
#[derive(Default)]
pub struct NotificationChannelMutation;

#[Object]
impl NotificationChannelMutation {
    /// Makes a channel of the company's.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn create_notification_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateNotificationChannelInput,
    ) -> Result<NotificationChannelPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &ChannelChange {
            name: Some(input.name),
            webhook_url: Some(input.webhook_url),
            types: input.types.map(|chosen| Some(types(chosen))),
            is_active: None,
            place: input.teams.map(|place| Some(place.into())),
        };
        let tools = tools(&scope.app);
        let create = |tx| async move { identity::create_notification_channel(&tx, tools, cx, cmd).await };
        saved(scope.app.db.transact(cx, "notification_channel.create", create).await)
    }

    /// Changes a channel, or switches it off or on. Switched on again, its failures are forgotten.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn update_notification_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateNotificationChannelInput,
    ) -> Result<NotificationChannelPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let channel: NotificationChannelId = id("input.channelId", &input.channel_id)?;
        let cmd = &ChannelChange {
            name: input.name,
            webhook_url: input.webhook_url,
            types: match input.types {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(chosen) => Some(Some(types(chosen))),
            },
            is_active: input.is_active,
            place: place(input.teams),
        };
        let tools = tools(&scope.app);
        let update = |tx| async move { identity::update_notification_channel(&tx, tools, cx, channel, cmd).await };
        saved(scope.app.db.transact(cx, "notification_channel.update", update).await)
    }

    /// Makes or changes the viewer's own Teams channel.
    async fn set_own_teams_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetOwnTeamsChannelInput,
    ) -> Result<NotificationChannelPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let SetOwnTeamsChannelInput { name, webhook_url, teams, is_active } = input;
        let cmd = &ChannelChange { name, webhook_url, types: None, is_active, place: place(teams) };
        let tools = tools(&scope.app);
        let set = |tx| async move { identity::set_own_channel(&tx, tools, cx, cmd).await };
        saved(scope.app.db.transact(cx, "notification_channel.set_own", set).await)
    }

    /// Posts a card to a channel now and tells what the other side answered. Tests are limited per person.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn test_notification_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TestNotificationChannelInput,
    ) -> Result<TestNotificationChannelPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let channel = id("input.channelId", &input.channel_id)?;
        let App { db, cards, webhooks, rate_limits, .. } = &*scope.app;
        TestNotificationChannelPayload::of(
            identity::test_notification_channel(db, cards.as_ref(), webhooks, cx, channel, *rate_limits).await,
        )
    }

    /// Posts a card to the viewer's own Teams channel now and tells what the other side answered. Tests are limited per
    /// person.
    async fn test_own_teams_channel(&self, ctx: &Context<'_>) -> Result<TestNotificationChannelPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let App { db, cards, webhooks, rate_limits, .. } = &*scope.app;
        TestNotificationChannelPayload::of(
            identity::test_own_channel(db, cards.as_ref(), webhooks, cx, *rate_limits).await,
        )
    }

    /// Tries a delivery again that was given up, under the id that it had.
    #[graphql(directive = requires::apply(Permission::ManageNotifications))]
    async fn retry_notification_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RetryNotificationDeliveryInput,
    ) -> Result<RetryNotificationDeliveryPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let delivery = id("input.deliveryId", &input.delivery_id)?;
        let retry = |tx| async move { identity::retry_notification_delivery(&tx, cx, delivery).await };
        let retried = scope.app.db.transact(cx, "notification_delivery.retry", retry).await;
        let (delivery, errors) = payload(retried)?;
        Ok(RetryNotificationDeliveryPayload { delivery: delivery.map(Into::into), errors })
    }
}
