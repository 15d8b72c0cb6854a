//! How often what happened on the website.

use analytics_sync::{Counted, Dimension, Wanted, daily};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use crate::graphql::{
    directives::requires, errors::Result, filters::StringComparator, identity::Permission, scalars::Date, scope::scope,
};

/// By what counts are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Dimension")]
pub enum AnalyticsDimension {
    /// The day, in the company's time zone.
    Day,
    /// What happened.
    Type,
    /// The page, without what follows `?` or `#`.
    Page,
    /// What brought the visitors.
    Source,
}

/// Which counts. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct AnalyticsDailyFilter {
    /// What happened.
    #[graphql(name = "type")]
    pub event_type: Option<StringComparator>,
    /// The page.
    pub page: Option<StringComparator>,
    /// What brought the visitors.
    pub source: Option<StringComparator>,
}

/// How often something happened. What the counts are not told apart by is null.
#[derive(Debug, Clone, SimpleObject)]
pub struct AnalyticsCount {
    /// The day.
    pub day: Option<Date>,
    /// What happened.
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// The page; empty where none was told.
    pub page: Option<String>,
    /// What brought the visitors: `utm_source` of the page's address, else the host that they came from, `internal` for the same
    /// site, `direct` for none.
    pub source: Option<String>,
    /// How often.
    pub count: i32,
}

impl From<Counted> for AnalyticsCount {
    fn from(counted: Counted) -> Self {
        Self {
            day: counted.day.map(Date::from),
            event_type: counted.event_type,
            page: counted.page,
            source: counted.source,
            count: i32::try_from(counted.count).unwrap_or(i32::MAX),
        }
    }
}

/// Numbers.
#[derive(Default)]
pub struct AnalyticsQuery;

#[Object]
impl AnalyticsQuery {
    /// How often what happened on the website, by day and then the most frequent first.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn analytics_daily(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this day on.")] from: Date,
        #[graphql(desc = "Up to this day, and with it; at most 366 days in all.")] to: Date,
        #[graphql(desc = "By what the counts are told apart; by day unless given. An empty list gives the sum.")]
        group_by: Option<Vec<AnalyticsDimension>>,
        #[graphql(desc = "Which counts.")] filter: Option<AnalyticsDailyFilter>,
        #[graphql(desc = "At most so many, 1–1000, 400 unless given.")] limit: Option<i32>,
    ) -> Result<Vec<AnalyticsCount>> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        cx.require(analytics_sync::VIEW_ANALYTICS)?;
        let filter = filter.unwrap_or_default();
        let only =
            [(Dimension::Type, filter.event_type), (Dimension::Page, filter.page), (Dimension::Source, filter.source)];
        let wanted = Wanted {
            from: from.read("from")?,
            to: to.read("to")?,
            group_by: group_by.map_or_else(|| vec![Dimension::Day], |by| by.into_iter().map(Into::into).collect()),
            only: only.into_iter().filter_map(|(dimension, by)| Some((dimension, by?.into()))).collect(),
            limit: limit.unwrap_or(400),
        };
        let found = daily(&scope.app.db.reader(&cx).await?, &cx, &wanted).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}
