//! What visitors do on the website.

use analytics_sync::{
    NewEvent, RecordEvents, entities::event, events, may_record, record_events, records::AnalyticsEvents,
};
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{id::VisitorId, page::PageArgs};

use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        filters::{DateTimeComparator, IdComparator, StringComparator},
        identity::{IntoId, Permission},
        inbox::{Visitor, visitor},
        records::{always, list, write},
        scalars::Json,
        scope::scope,
    },
    wiring::bridges::InTransaction,
};

/// Something that happened on the website. Kept for a year.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AnalyticsEvent {
    /// Its id, `aev_…`.
    pub id: ID,
    /// What happened: `page_view`, or what the website calls it.
    #[graphql(name = "type")]
    pub event_type: String,
    /// On which page.
    pub page_url: Option<String>,
    /// From which page the visitor came.
    pub referrer: Option<String>,
    /// What the browser calls its session.
    pub session_id: Option<String>,
    /// What else there is to know.
    pub data: Option<Json>,
    /// When it happened.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    visitor_id: Option<VisitorId>,
    #[graphql(skip)]
    from: (Option<String>, Option<String>),
}

impl From<analytics_sync::AnalyticsEvent> for AnalyticsEvent {
    fn from(event: analytics_sync::AnalyticsEvent) -> Self {
        Self {
            id: event.id.into_id(),
            event_type: event.event_type,
            page_url: event.page_url,
            referrer: event.referrer,
            session_id: event.session_id,
            data: event.event_data.and_then(|data| serde_json::from_str(&data).ok()).map(Json),
            created_at: event.created_at,
            visitor_id: event.visitor_id,
            from: (event.address, event.agent),
        }
    }
}

#[ComplexObject]
impl AnalyticsEvent {
    /// Who did it; null where they showed no token, or without the permission to see visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Box::pin(async move {
            match self.visitor_id {
                Some(id) => visitor(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// The network address that it came from; null without the permission VIEW_VISITOR_ADDRESSES.
    async fn address(&self, ctx: &Context<'_>) -> Option<String> {
        self.from.0.clone().filter(|_| scope(ctx).cx().can(::inbox::VIEW_VISITOR_ADDRESSES))
    }

    /// The program that it came from, in its own words; null without the permission VIEW_VISITOR_ADDRESSES.
    async fn agent(&self, ctx: &Context<'_>) -> Option<String> {
        self.from.1.clone().filter(|_| scope(ctx).cx().can(::inbox::VIEW_VISITOR_ADDRESSES))
    }
}

connection!(
    AnalyticsEventConnection,
    AnalyticsEventEdge,
    AnalyticsEvent,
    analytics_sync::AnalyticsEvent,
    "events of the website"
);

filter! {
    /// Which events of the website. All parts given must hold; at most 4 levels and 40 comparisons.
    AnalyticsEventFilter of AnalyticsEvents {
        /// What happened.
        #[graphql(name = "type")]
        event_type: StringComparator,
        /// Who did it, also before they were merged into somebody and under the ids of whoever was merged into them.
        visitor_id: IdComparator,
        /// What the browser calls its session.
        session_id: StringComparator,
        /// When it happened.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<String>(events::BY_TYPE, level.event_type)?;
        let theirs = |ids: &[_]| ::inbox::visitors::of_people(event::Column::VisitorId, ids);
        leaves.id_among::<VisitorId>(events::BY_VISITOR, level.visitor_id, theirs)?;
        leaves.value::<String>(events::BY_SESSION, level.session_id)?;
        leaves.time(events::BY_CREATED_AT, level.created_at)?;
    }
}

/// Reading what visitors do on the website.
#[derive(Default)]
pub struct AnalyticsEventQuery;

#[Object]
impl AnalyticsEventQuery {
    /// What happened on the website, newest first.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn analytics_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<AnalyticsEventFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AnalyticsEventConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<AnalyticsEvents>(event::Column::CreatedAt, true);
        Ok(list(ctx, "analytics events", filter, order, page).await?.into())
    }
}

/// Something that happened on the website.
#[derive(Clone, InputObject)]
pub struct AnalyticsEventInput {
    /// What: `page_view` for a look at a page, or a name of the website's own, 1–64 characters of a–z, 0–9, `_`, `-`, `.` and
    /// `:`, the first a letter.
    #[graphql(name = "type")]
    pub event_type: String,
    /// The page's address, at most 2,000 characters.
    pub page_url: Option<String>,
    /// The address of the page before, at most 2,000 characters.
    pub referrer: Option<String>,
    /// What the browser calls its session, at most 100 characters.
    pub session_id: Option<String>,
    /// What else there is to know, at most 4,096 bytes.
    pub data: Option<Json>,
    /// How many seconds ago it happened, 0–86,400; just now unless given.
    pub seconds_ago: Option<i32>,
}

/// What happened on the website.
#[derive(Clone, InputObject)]
pub struct RecordEventsInput {
    /// The events, 1–50.
    pub events: Vec<AnalyticsEventInput>,
    /// The token of a receipt: then the events are this visitor's, and nobody's else.
    pub visitor_token: Option<String>,
}

/// What came of recording.
#[derive(SimpleObject)]
pub struct RecordEventsPayload {
    /// How many events were recorded: all, or none of a program that says that it is one.
    pub recorded: Option<i32>,
    /// What can be corrected; then none was recorded.
    pub errors: Vec<UserError>,
}

/// Recording what visitors do on the website.
#[derive(Default)]
pub struct AnalyticsEventMutation;

#[Object]
impl AnalyticsEventMutation {
    /// Public: a website says what its visitors do. Limited per address.
    async fn record_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RecordEventsInput,
    ) -> Result<RecordEventsPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        if app.rate_limits {
            may_record(&app.db, &cx).await?;
        }
        let zone = app.settings.get(&cx, "company.time_zone").await?;
        let event = |event: AnalyticsEventInput| NewEvent {
            event_type: event.event_type,
            page_url: event.page_url,
            referrer: event.referrer,
            session_id: event.session_id,
            data: event.data.map(|Json(data)| data),
            seconds_ago: event.seconds_ago,
        };
        let cmd = RecordEvents {
            events: input.events.into_iter().map(event).collect(),
            visitor_token: input.visitor_token,
            zone: zone.as_str().unwrap_or_default().to_owned(),
        };
        let work = |tx, cx: std::sync::Arc<_>, cmd: std::sync::Arc<_>| async move {
            record_events(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        let (recorded, errors) = write(ctx, "analytics.record", cmd, work).await?;
        Ok(RecordEventsPayload { recorded: recorded.map(|count| i32::try_from(count).unwrap_or(i32::MAX)), errors })
    }
}
