//! Reading the rules that leads are scored by.

use async_graphql::{Context, ID, Object};
use crm_leads::{
    entities::score_rule_set::Column,
    records::{Leads, ScoreRuleSets},
};
use kernel::{
    page::PageArgs,
    record::{Filter, Record},
};

use super::types::{ScoreRule, ScoreRuleSet, ScoreRuleSetConnection};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{always, list_where, one},
    scope::scope,
};

/// Reading the rules that leads are scored by.
#[derive(Default)]
pub struct ScoreQuery;

#[Object]
impl ScoreQuery {
    /// A set of rules; null where there is none.
    #[graphql(name = "scoreRuleSet", directive = requires::apply(Permission::ViewLeads))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`srs_…`")] id: ID) -> Result<Option<ScoreRuleSet>> {
        one::<ScoreRuleSets, _>(ctx, &id).await
    }

    /// The sets of rules that were written, newest first.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn score_rule_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ScoreRuleSetConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<ScoreRuleSets>(Column::Number, true)?;
        Ok(list_where::<ScoreRuleSets>(ctx, "scoreRuleSets", Filter::default(), order, page).await?.into())
    }

    /// The rules that are built in, which are used until others go live.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn built_in_score_rules(&self, ctx: &Context<'_>) -> Result<Vec<ScoreRule>> {
        Leads::may_list(&scope(ctx).cx())?;
        Ok(crm_leads::built_in_rules().into_iter().map(Into::into).collect())
    }
}
