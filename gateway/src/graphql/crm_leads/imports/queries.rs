//! Reading imports of leads.

use async_graphql::{Context, ID, Object};
use crm_leads::{entities::lead_import::Column, records::LeadImports};
use kernel::{page::PageArgs, record::Filter};

use super::types::{LeadImport, LeadImportConnection};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{always, list_where, one},
};

/// Reading imports of leads.
#[derive(Default)]
pub struct LeadImportQuery;

#[Object]
impl LeadImportQuery {
    /// An import of leads; null where there is none that the viewer may see.
    #[graphql(name = "leadImport", directive = requires::apply(Permission::ManageLeads))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`lim_…`")] id: ID) -> Result<Option<LeadImport>> {
        one::<LeadImports, _>(ctx, &id).await
    }

    /// The viewer's imports of leads, newest first; with SEE_ALL everybody's.
    #[graphql(directive = requires::apply(Permission::ManageLeads))]
    async fn lead_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LeadImportConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<LeadImports>(Column::CreatedAt, true)?;
        Ok(list_where::<LeadImports>(ctx, "leadImports", Filter::default(), order, page).await?.into())
    }
}
