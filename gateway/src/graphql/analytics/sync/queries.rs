//! Reading the synchronisation.

use analytics_sync::{
    b2chat_access,
    entities::{api_response_log, sync_run},
    preview_rebuild, raw_response,
    records::{ApiResponseLogs, SyncRuns},
    sync_coverage, sync_states,
};
use async_graphql::{Context, ID, Object, SimpleObject};
use kernel::page::PageArgs;

use super::{
    filters::{ApiResponseLogFilter, SyncRunFilter, SyncRunOrder},
    types::{
        ApiResponseLog, ApiResponseLogConnection, ConnectedB2Chat, SyncCoverage, SyncEntity, SyncRun,
        SyncRunConnection, SyncState,
    },
};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::Permission,
        records::{always, list, one, ordered},
        scalars::{Date, id as parse},
        scope::scope,
    },
    wiring::sync::settings,
};

/// What would come of making records again from stored answers.
#[derive(Debug, Clone, SimpleObject)]
pub struct RebuildPreview {
    /// How many answers of the run are stored.
    pub answer_count: i32,
    /// How many of them were looked at: the first 300.
    pub previewed_count: i32,
    /// How many records those tell of, each once.
    pub record_count: i32,
    /// How many are not here and would be.
    pub added_count: i32,
    /// How many would change.
    pub changed_count: i32,
    /// How many are here just so.
    pub unchanged_count: i32,
    /// How many were told of later, and stay as they are.
    pub newer_count: i32,
    /// How many cannot be read.
    pub failed_count: i32,
}

/// Reading the synchronisation.
#[derive(Default)]
pub struct SyncQuery;

#[Object]
impl SyncQuery {
    /// How B2Chat is connected; null where it never was.
    #[graphql(name = "b2chatConnection", directive = requires::apply(Permission::ManageSync))]
    async fn b2chat_connection(&self, ctx: &Context<'_>) -> Result<Option<ConnectedB2Chat>> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        Ok(b2chat_access(&app.db.reader(&cx).await?, &cx).await?.map(Into::into))
    }

    /// A run of the synchronisation; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn sync_run(&self, ctx: &Context<'_>, #[graphql(desc = "`syr_…`")] id: ID) -> Result<Option<SyncRun>> {
        one::<SyncRuns, _>(ctx, &id).await
    }

    /// Runs of the synchronisation, newest first unless ordered otherwise. Those that were over for 90 days are kept no more.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn sync_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<SyncRunFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<SyncRunOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<SyncRunConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (sync_run::Column::StartedAt, true));
        Ok(list(ctx, "runs of the synchronisation", filter, order, page).await?.into())
    }

    /// How it stands with each kind of record, what changed last first.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn sync_states(&self, ctx: &Context<'_>) -> Result<Vec<SyncState>> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        Ok(sync_states(&app.db.reader(&cx).await?, &cx).await?.into_iter().map(Into::into).collect())
    }

    /// How complete days are, by day; those that no run read are not among them.
    #[graphql(directive = requires::apply(Permission::ViewAnalytics))]
    async fn sync_coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this day on.")] from: Date,
        #[graphql(desc = "Up to this day, and with it; at most 365 days later.")] to: Date,
        #[graphql(desc = "Of what: chats or contacts.", default_with = "SyncEntity::Chats")] entity: SyncEntity,
    ) -> Result<Vec<SyncCoverage>> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(analytics_sync::VIEW_ANALYTICS)?;
        let (from, to) = (from.read("from")?, to.read("to")?);
        let found = sync_coverage(&app.db.reader(&cx).await?, &cx, entity.into(), from, to).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// An answer of B2Chat, as it came; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn api_response_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`arl_…`")] id: ID,
    ) -> Result<Option<ApiResponseLog>> {
        one::<ApiResponseLogs, _>(ctx, &id).await
    }

    /// The body of an answer as it came. It holds personal data.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn api_response_body(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer, `arl_…`.")] id: ID,
    ) -> Result<String> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(analytics_sync::MANAGE_SYNC)?;
        Ok(raw_response(&app.db.reader(&cx).await?, &cx, parse("id", &id)?).await?)
    }

    /// Answers of B2Chat, as they came, newest first. They are kept for a while (`b2chat.raw_days`, `b2chat.raw_megabytes`).
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn api_response_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ApiResponseLogFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ApiResponseLogConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<ApiResponseLogs>(api_response_log::Column::CreatedAt, true);
        Ok(list(ctx, "stored answers", filter, order, page).await?.into())
    }

    /// What would come of making records again from the stored answers of a run, as the time zone is set now. Nothing is changed.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn preview_rebuild(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run, `syr_…`; one of chats or contacts that is over.")] sync_run_id: ID,
    ) -> Result<RebuildPreview> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(analytics_sync::MANAGE_SYNC)?;
        let id = parse("syncRunId", &sync_run_id)?;
        let zone = settings(app, &cx).await?.zone;
        let found = Box::pin(preview_rebuild(&app.db.reader(&cx).await?, &cx, zone, id)).await?;
        Ok(RebuildPreview {
            answer_count: found.answers,
            previewed_count: found.previewed,
            record_count: found.records,
            added_count: found.added,
            changed_count: found.changed,
            unchanged_count: found.unchanged,
            newer_count: found.newer,
            failed_count: found.failed,
        })
    }
}
