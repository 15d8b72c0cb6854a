//! Reading analyses and batches.

use analytics_sync::{
    AgentsAsked, effectiveness_by_agent,
    entities::{effectiveness_analysis, effectiveness_batch},
    records::{EffectivenessAnalyses, EffectivenessBatches},
};
use async_graphql::{Context, ID, Object};
use kernel::page::PageArgs;

use super::{
    filters::{
        EffectivenessAnalysisFilter, EffectivenessAnalysisOrder, EffectivenessBatchFilter, EffectivenessBatchOrder,
    },
    types::{
        AgentEffectiveness, EffectivenessAnalysis, EffectivenessAnalysisConnection, EffectivenessBatch,
        EffectivenessBatchConnection,
    },
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    filters::Instant,
    identity::Permission,
    records::{list, one, ordered},
    scalars::id as parsed,
    scope::scope,
};

/// Reading analyses and batches.
#[derive(Default)]
pub struct EffectivenessQuery;

#[Object]
impl EffectivenessQuery {
    /// An analysis of a chat; null where there is none.
    #[graphql(directive = requires::apply(Permission::ViewB2chat))]
    async fn effectiveness_analysis(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`efa_…`")] id: ID,
    ) -> Result<Option<EffectivenessAnalysis>> {
        one::<EffectivenessAnalyses, _>(ctx, &id).await
    }

    /// Analyses of chats, the newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewB2chat))]
    async fn effectiveness_analyses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<EffectivenessAnalysisFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<EffectivenessAnalysisOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<EffectivenessAnalysisConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (effectiveness_analysis::Column::CreatedAt, true));
        Ok(list(ctx, "effectivenessAnalyses", filter, order, page).await?.into())
    }

    /// A batch of analyses; null where there is none.
    #[graphql(directive = requires::apply(Permission::ViewB2chat))]
    async fn effectiveness_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`efb_…`")] id: ID,
    ) -> Result<Option<EffectivenessBatch>> {
        one::<EffectivenessBatches, _>(ctx, &id).await
    }

    /// Batches of analyses, the newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewB2chat))]
    async fn effectiveness_batches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<EffectivenessBatchFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<EffectivenessBatchOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<EffectivenessBatchConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (effectiveness_batch::Column::CreatedAt, true));
        Ok(list(ctx, "effectivenessBatches", filter, order, page).await?.into())
    }

    /// How well the chats of each agent went, by the newest analysis of each chat that was made in that time; the best first, at most
    /// 100.
    #[graphql(directive = requires::apply(Permission::ViewB2chat))]
    async fn effectiveness_by_agent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Analyses made from then on.")] from: Instant,
        #[graphql(desc = "Analyses made before then; at most 366 days later.")] to: Instant,
        #[graphql(desc = "Of chats of this department only, `bdp_…`, without those below it.")] department_id: Option<
            ID,
        >,
    ) -> Result<Vec<AgentEffectiveness>> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        cx.require(analytics_sync::VIEW_B2CHAT)?;
        let department = department_id.map(|id| parsed("departmentId", &id)).transpose()?;
        let asked = AgentsAsked { from: from.read("from")?, to: to.read("to")?, department };
        let rows = effectiveness_by_agent(&scope.app.db.reader(&cx).await?, &cx, &asked).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
