//! Reading tasks.

use async_graphql::{Context, ID, Object};
use crm_leads::{entities::ai_task, records::AiTasks};
use kernel::page::PageArgs;

use super::{
    filters::{AiTaskFilter, AiTaskOrder},
    types::{AiAccuracy, AiTask, AiTaskConnection, AiUsage},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    filters::Instant,
    identity::Permission,
    records::{list, one, ordered},
    scope::scope,
};

/// Reading tasks.
#[derive(Default)]
pub struct AiTaskQuery;

#[Object]
impl AiTaskQuery {
    /// A task; null where there is none.
    #[graphql(directive = requires::apply(Permission::ViewAiTasks))]
    async fn ai_task(&self, ctx: &Context<'_>, #[graphql(desc = "`ait_…`")] id: ID) -> Result<Option<AiTask>> {
        one::<AiTasks, _>(ctx, &id).await
    }

    /// Tasks for providers of artificial intelligence, the newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewAiTasks))]
    async fn ai_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<AiTaskFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<AiTaskOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AiTaskConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (ai_task::Column::CreatedAt, true));
        Ok(list(ctx, "aiTasks", filter, order, page).await?.into())
    }

    /// How often each provider was right, model by model, in tasks since then, as far as people decided.
    #[graphql(directive = requires::apply(Permission::ViewAiTasks))]
    async fn ai_accuracy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tasks that were queued since then.")] since: Instant,
    ) -> Result<Vec<AiAccuracy>> {
        let (scope, since) = (scope(ctx), since.read("since")?);
        let cx = scope.cx();
        let rows = crm_leads::accuracy(&scope.app.db.reader(&cx).await?, &cx, since).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// What the company's tasks read and wrote today (UTC).
    #[graphql(directive = requires::apply(Permission::ViewAiTasks))]
    async fn ai_usage(&self, ctx: &Context<'_>) -> Result<AiUsage> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let conn = scope.app.db.reader(&cx).await?;
        let (tokens, cost_micros) = crm_leads::usage_on(&conn, &cx, cx.now.date_naive()).await?;
        let daily = scope.app.settings.whole(&cx, identity::AI_DAILY_TOKENS).await?;
        Ok(AiUsage { tokens, cost_micros, daily_tokens: (daily > 0).then_some(daily) })
    }
}
