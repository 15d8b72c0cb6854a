//! Reading exports.

use analytics_sync::{entities::export::Column, records::Exports};
use async_graphql::{Context, ID, Object};
use kernel::{page::PageArgs, record::Filter};

use super::types::{Export, ExportConnection};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{always, list_where, one},
};

/// Reading exports.
#[derive(Default)]
pub struct ExportQuery;

#[Object]
impl ExportQuery {
    /// An export; null where there is none that the viewer may see. Ask again until it is over.
    #[graphql(name = "export", directive = requires::apply(Permission::ExportData))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`exp_…`")] id: ID) -> Result<Option<Export>> {
        one::<Exports, _>(ctx, &id).await
    }

    /// The viewer's exports, newest first; with SEE_ALL everybody's.
    #[graphql(directive = requires::apply(Permission::ExportData))]
    async fn exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ExportConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<Exports>(Column::CreatedAt, true)?;
        Ok(list_where::<Exports>(ctx, "exports", Filter::default(), order, page).await?.into())
    }
}
