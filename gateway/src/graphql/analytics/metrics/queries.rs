//! Numbers are read, and counted anew.

use analytics_sync::{Metric as Counted, entities::metric_fact, load_metrics, records::MetricFacts, rows_behind};
use async_graphql::{Context, Lookahead, Object, SimpleObject};
use kernel::page::PageArgs;

use super::{
    inputs::{Metric, MetricFilter},
    types::{MetricDefinition, MetricRowConnection, Metrics},
};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::{always, list_where, write},
        scope::scope,
    },
    wiring::metrics::{Counted as Others, Eyes, Tree},
};

/// Numbers.
#[derive(Default)]
pub struct MetricQuery;

/// Whether something of the period before is asked for.
fn compares(look: &Lookahead<'_>) -> bool {
    let values = [
        look.field("values"),
        look.field("groups").field("groups").field("values"),
        look.field("heatMap").field("values"),
    ];
    values.iter().any(|values| values.field("previous").exists() || values.field("difference").exists())
}

#[Object]
impl MetricQuery {
    /// The numbers of a period: response times, volumes and what else `Metric` names, over chats of B2Chat's, live chats and
    /// tickets alike. They are numbers of all that there is, also of what the viewer may not see; `metricRows` shows what they may.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which things and days; of all things of the last 30 days unless given.")] filter: Option<
            MetricFilter,
        >,
    ) -> Result<Metrics> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        let (asked, zone) = filter.unwrap_or_default().read(scope, &cx).await?;
        let conn = scope.app.db.reader(&cx).await?;
        let company = (zone, &Tree(&conn, &cx), &Others(&conn));
        let loaded = load_metrics(&conn, &cx, company, &asked, compares(&ctx.look_ahead()), true).await?;
        Ok(Metrics(loaded))
    }

    /// The things behind a number, newest first: those that count for it, as far as the viewer may see them. Chats of B2Chat's take
    /// VIEW_B2CHAT, live chats and tickets what their own lists take; of what the viewer may not see there is the number alone.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn metric_rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which number; of VOLUME unless given.")] metric: Option<Metric>,
        #[graphql(desc = "Of which things and days; of all things of the last 30 days unless given.")] filter: Option<
            MetricFilter,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MetricRowConnection> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        let (asked, zone) = filter.unwrap_or_default().read(scope, &cx).await?;
        let conn = scope.app.db.reader(&cx).await?;
        let company = (zone, &Tree(&conn, &cx), &Others(&conn));
        let eyes = Eyes(scope.app.db.backend());
        let filter = rows_behind(&conn, &cx, company, &eyes, metric.unwrap_or(Metric::Volume).into(), &asked).await?;
        let order = always::<MetricFacts>(metric_fact::Column::CreatedAt, true)?;
        let page = PageArgs { first, after, last, before };
        Ok(list_where(ctx, "metric rows", filter, order, page).await?.into())
    }

    /// What each metric is.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn metric_definitions(&self, ctx: &Context<'_>) -> Result<Vec<MetricDefinition>> {
        scope(ctx).cx().require(analytics_sync::VIEW_ANALYTICS)?;
        Ok(Counted::ALL.into_iter().map(Into::into).collect())
    }
}

/// What came of asking for a recount.
#[derive(SimpleObject)]
pub struct RecountMetricsPayload {
    /// Whether everything is being counted anew.
    pub queued: Option<bool>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Counting anew.
#[derive(Default)]
pub struct MetricMutation;

#[Object]
impl MetricMutation {
    /// Counts everything anew from what is there, in the background; it goes on where it was when Frontdesk starts again. Numbers
    /// are right without it: it is for who doubts them.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn recount_metrics(&self, ctx: &Context<'_>) -> Result<RecountMetricsPayload> {
        let work = |tx, cx: std::sync::Arc<kernel::Cx>, _: std::sync::Arc<()>| async move {
            analytics_sync::recount_metrics(&tx, &cx).await
        };
        let (queued, errors) = write(ctx, "metrics.recount", (), work).await?;
        Ok(RecountMetricsPayload { queued, errors })
    }
}
