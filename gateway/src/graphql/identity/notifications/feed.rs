//! Each person's own feed.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{entities::notification::Column, records::Notifications};
use kernel::{
    id::{NotificationId, UserId},
    page::PageArgs,
};

use super::channels::NotificationDeliveryState;
use crate::graphql::identity::people::types::{IntoId, User, user};
use crate::{
    comparator, connection, filter,
    graphql::{
        errors::{Result, UserError, payload},
        filters::DateTimeComparator,
        loaders::By,
        records::{always, list},
        scalars::{Json, id},
        scope::{Scope, scope},
    },
};

/// How a notification is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::NotificationLevel")]
pub enum NotificationLevel {
    /// For your information.
    Info,
    /// Something went well.
    Success,
    /// Worth a look.
    Warning,
    /// Something went wrong.
    Error,
}

/// What a notification tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::NotificationType")]
pub enum NotificationType {
    /// A colleague assigned a message to you.
    MessageAssigned,
    /// The mail of a reply that you wrote, or to a message that you have, was given up.
    ReplyFailed,
    /// Somebody signed in as you with a program that you had not used before.
    NewSignIn,
    /// Your role or your permissions were changed, your second factor was taken away, or an API key was made that acts for you.
    AccessChanged,
    /// A channel that you keep was switched off, because deliveries through it failed.
    ChannelSwitchedOff,
    /// Somebody whom you invited is a colleague now.
    InvitationAccepted,
    /// A colleague mentioned you in an internal note.
    Mentioned,
    /// A ticket was assigned to you, or to a team of yours.
    TicketAssigned,
    /// Somebody commented on a ticket that you have, asked for or watch.
    TicketCommented,
    /// Somebody mentioned you in a comment on a ticket.
    TicketMentioned,
    /// The due date of a ticket that you have or watch is near, or past.
    TicketDue,
    /// The time of a service level is nearly over: of a ticket that you have or watch, or that nobody has.
    ServiceLevelWarned,
    /// A service level was breached: of a ticket that you have or watch, or that nobody has.
    ServiceLevelBreached,
    /// A social platform takes the company no more, or soon will not: an account is to be connected again.
    SocialAccountRefused,
    /// A reply on a social platform that you wrote, or in a conversation that you have, was given up.
    ConversationReplyFailed,
    /// A colleague assigned a conversation to you.
    ConversationAssigned,
    /// Somebody wrote in a conversation that you have.
    ConversationMessage,
    /// A colleague handed a chat to you.
    ChatAssigned,
    /// A consultation was booked with you or assigned to you, or one of yours was moved or called off.
    ConsultationAssigned,
    /// A lead was assigned to you.
    LeadAssigned,
    /// A lead that you have is hot from now on.
    LeadHot,
    /// A CRM lets the company in no more.
    CrmConnectionLost,
    /// A synchronisation with B2Chat that somebody began is over.
    SyncFinished,
    /// A synchronisation with B2Chat is over, and some records or days are not whole.
    SyncPartial,
    /// A synchronisation with B2Chat could not go on.
    SyncFailed,
    /// There is no room left for copies of images and files that B2Chat points at.
    #[graphql(name = "B2CHAT_MEDIA_STOPPED")]
    B2chatMediaStopped,
    /// A file that you asked for is there.
    ExportFinished,
    /// A file that you asked for could not be made.
    ExportFailed,
    /// A batch of analyses that you began is over, or cannot go on.
    EffectivenessBatchFinished,
    /// Something went wrong that needs somebody, and you see the log of errors; once an hour for each kind of error.
    ErrorAlerted,
    /// An error that was resolved happened again, and you see the log of errors.
    ErrorReopened,
    /// What is held on a person, as you asked, is put together.
    PersonExportFinished,
    /// What is held on a person could not be put together, as you asked.
    PersonExportFailed,
    /// A run that archives or removes old rows broke off, and you decide how long rows are kept.
    RetentionFailed,
}

/// Something that a person is told. Nobody but they can read it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Notification {
    /// Its id, `ntf_…`.
    pub id: ID,
    /// What it tells of.
    #[graphql(name = "type")]
    pub kind: NotificationType,
    /// How it is meant.
    pub level: NotificationLevel,
    /// What happened, in a few words.
    pub title: String,
    /// What happened, in a sentence or two.
    pub body: String,
    /// What it is about: an id for `node(id:)`, which shows what one may see of it.
    pub resource_id: Option<ID>,
    /// More of what it is about, by name: ids such as `messageId` and words such as `permission`, for programs.
    pub metadata: Option<Json>,
    /// When it was told.
    pub created_at: DateTime<Utc>,
    /// When it was read; null before.
    pub read_at: Option<DateTime<Utc>>,
    /// Where its mail stands; null where you did not want one.
    pub mail_state: Option<NotificationDeliveryState>,
    /// Why the last try of its mail failed.
    pub mail_error: Option<String>,
    #[graphql(skip)]
    actor_id: Option<UserId>,
}

impl From<identity::Notification> for Notification {
    fn from(row: identity::Notification) -> Self {
        Self {
            id: row.id.into_id(),
            kind: row.kind.into(),
            level: row.level.into(),
            title: row.title,
            body: row.body,
            resource_id: row.resource.map(ID),
            metadata: row.metadata.map(Json),
            created_at: row.created_at,
            read_at: row.read_at,
            mail_state: row.mail_state.map(Into::into),
            mail_error: row.mail_error,
            actor_id: row.actor_id,
        }
    }
}

#[ComplexObject]
impl Notification {
    /// Who did it; null for Frontdesk itself, and without the permission to see them.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.actor_id).await
    }
}

connection!(NotificationConnection, NotificationEdge, Notification, identity::Notification, "notifications");

/// A notification of the viewer's.
pub async fn notification(ctx: &Context<'_>, id: NotificationId) -> Result<Option<Notification>> {
    Ok(scope(ctx).loaders.load_one(By::<Notifications>(id)).await?.map(|row| row.as_ref().clone().into()))
}

comparator!(
    /// Comparisons with a notification's type.
    NotificationTypeComparator of NotificationType as identity::NotificationType
);
comparator!(
    /// Comparisons with a notification's level.
    NotificationLevelComparator of NotificationLevel as identity::NotificationLevel
);

filter! {
    /// Which notifications. All parts given must hold; at most 4 levels and 40 comparisons.
    NotificationFilter of Notifications {
        /// Whether they are still to be read.
        is_unread: bool,
        /// What they tell of.
        #[graphql(name = "type")]
        kind: NotificationTypeComparator,
        /// How they are meant.
        level: NotificationLevelComparator,
        /// When they were told.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.is_set(identity::NOTIFICATIONS_BY_READ, level.is_unread.map(|unread| !unread));
        leaves.value::<identity::NotificationType>(identity::NOTIFICATIONS_BY_TYPE, level.kind)?;
        leaves.value::<identity::NotificationLevel>(identity::NOTIFICATIONS_BY_LEVEL, level.level)?;
        leaves.time(identity::NOTIFICATIONS_BY_CREATED_AT, level.created_at)?;
    }
}

/// How the viewer is told of a type, beside their feed, which shows everything.
#[derive(Debug, Clone, SimpleObject)]
pub struct NotificationPreference {
    /// The type.
    #[graphql(name = "type")]
    pub kind: NotificationType,
    /// What it tells, in one sentence.
    pub description: String,
    /// How it is meant.
    pub level: NotificationLevel,
    /// Whether by mail.
    pub email: bool,
    /// Whether in the viewer's own Teams channel, where they have one.
    pub teams: bool,
}

impl From<identity::Preference> for NotificationPreference {
    fn from(preference: identity::Preference) -> Self {
        let declared = preference.kind.declared();
        Self {
            kind: preference.kind.into(),
            description: declared.description.into(),
            level: declared.level.into(),
            email: preference.email,
            teams: preference.teams,
        }
    }
}

/// Reading one's own feed.
#[derive(Default)]
pub struct NotificationQuery;

#[Object]
impl NotificationQuery {
    /// What the viewer was told, newest first.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<NotificationFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<NotificationConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(list(ctx, "notifications", filter, always::<Notifications>(Column::CreatedAt, true), page).await?.into())
    }

    /// How many notifications the viewer has not read; 1000 stands for that many or more.
    async fn unread_notification_count(&self, ctx: &Context<'_>) -> Result<i32> {
        unread(scope(ctx)).await
    }

    /// How the viewer is told of each type, beside their feed.
    async fn notification_preferences(&self, ctx: &Context<'_>) -> Result<Vec<NotificationPreference>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let all = identity::notification_preferences(&scope.app.db.reader(&cx).await?, &cx).await?;
        Ok(all.into_iter().map(Into::into).collect())
    }
}

/// How many the viewer has not read.
pub(crate) async fn unread(scope: &Scope) -> Result<i32> {
    let cx = scope.cx();
    let count = identity::unread_notifications(&scope.app.db.reader(&cx).await?, &cx).await?;
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Some notifications were read.
#[derive(Clone, InputObject)]
pub struct MarkNotificationsReadInput {
    /// Which, `ntf_…`; 1–100.
    pub ids: Vec<ID>,
}

/// What came of marking.
#[derive(SimpleObject)]
pub struct MarkNotificationsReadPayload {
    /// How many are still to be read; null where nothing was changed.
    pub unread_count: Option<i32>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// How one wants to be told of a type.
#[derive(Clone, InputObject)]
pub struct SetNotificationPreferenceInput {
    /// The type.
    #[graphql(name = "type")]
    pub kind: NotificationType,
    /// Whether by mail; absent leaves it as it is.
    pub email: Option<bool>,
    /// Whether in one's own Teams channel; absent leaves it as it is.
    pub teams: Option<bool>,
}

/// What came of deciding.
#[derive(SimpleObject)]
pub struct SetNotificationPreferencePayload {
    /// What holds now.
    pub preference: Option<NotificationPreference>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Keeping one's own feed.
#[derive(Default)]
pub struct NotificationMutation;

#[Object]
impl NotificationMutation {
    /// Marks some of the viewer's notifications as read.
    async fn mark_notifications_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MarkNotificationsReadInput,
    ) -> Result<MarkNotificationsReadPayload> {
        scope(ctx).cx().user()?;
        mark(ctx, Some(input.ids.iter().map(|text| id("input.ids", text)).collect::<kernel::Result<_>>()?)).await
    }

    /// Marks all of the viewer's notifications as read.
    async fn mark_all_notifications_read(&self, ctx: &Context<'_>) -> Result<MarkNotificationsReadPayload> {
        mark(ctx, None).await
    }

    /// Decides how the viewer is told of a type, beside their feed.
    async fn set_notification_preference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetNotificationPreferenceInput,
    ) -> Result<SetNotificationPreferencePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let SetNotificationPreferenceInput { kind, email, teams } = input;
        let set = scope
            .app
            .db
            .transact(cx, "notification_preference.set", |tx| async move {
                identity::set_notification_preference(&tx, cx, kind.into(), email, teams).await
            })
            .await;
        let (preference, errors) = payload(set)?;
        Ok(SetNotificationPreferencePayload { preference: preference.map(Into::into), errors })
    }
}

async fn mark(ctx: &Context<'_>, ids: Option<Vec<NotificationId>>) -> Result<MarkNotificationsReadPayload> {
    let scope = scope(ctx);
    let cx = &scope.mutation(ctx);
    let ids = &ids;
    let marked = scope
        .app
        .db
        .transact(cx, "notifications.read", |tx| async move {
            identity::mark_notifications_read(&tx, cx, ids.as_deref()).await
        })
        .await;
    let (marked, errors) = payload(marked)?;
    let unread_count = match marked {
        Some(_) => Some(unread(scope).await?),
        None => None,
    };
    Ok(MarkNotificationsReadPayload { unread_count, errors })
}
