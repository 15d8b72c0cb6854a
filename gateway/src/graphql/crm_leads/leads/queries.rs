//! Reading leads.

use async_graphql::{Context, ID, Object};
use crm_leads::{entities::lead::Column, leads, records::Leads};
use kernel::{page::PageArgs, record::Record};

use super::{
    filters::{LeadFilter, LeadOrder},
    prime::prime_leads,
    types::{Lead, LeadConnection, lead},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    filters::FilterInput,
    identity::Permission,
    inbox::prime::nodes,
    records::{list_where, ordered},
    scope::scope,
};

/// Reading leads.
#[derive(Default)]
pub struct LeadQuery;

#[Object]
impl LeadQuery {
    /// A lead; null where there is none that the viewer may see.
    #[graphql(name = "lead", directive = requires::apply(Permission::ViewLeads))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`led_…`")] id: ID) -> Result<Option<Lead>> {
        Leads::may_list(&scope(ctx).cx())?;
        lead(ctx, Some(crate::graphql::scalars::id("id", &id)?)).await
    }

    /// Leads, last changed first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewLeads))]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<LeadFilter>,
        #[graphql(desc = "Also those that went into another; they are left out unless asked for.")]
        include_merged: Option<bool>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<LeadOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadConnection> {
        let page = PageArgs { first, after, last, before };
        Leads::may_list(&scope(ctx).cx())?;
        let filter = filter.unwrap_or_default().build(scope(ctx))?;
        let filter = if include_merged == Some(true) { filter } else { filter.with(leads::not_merged()) };
        let order = ordered(order_by, (Column::UpdatedAt, true))?;
        let listed = list_where::<Leads>(ctx, "leads", filter, order, page).await?;
        prime_leads(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }
}
