//! Reading erasures.

use async_graphql::{Context, ID, Object};
use audit::{entities::erasure::Column, records::Erasures};
use kernel::{page::PageArgs, record::Filter};

use super::types::{Erasure, ErasureConnection};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{always, list_where, one},
};

/// Reading erasures.
#[derive(Default)]
pub struct ErasureQuery;

#[Object]
impl ErasureQuery {
    /// An erasure; null where there is none. Ask again until it is over.
    #[graphql(name = "erasure", directive = requires::apply(Permission::ManagePersonalData))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`era_…`")] id: ID) -> Result<Option<Erasure>> {
        one::<Erasures, _>(ctx, &id).await
    }

    /// All erasures, the newest first.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn erasures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ErasureConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<Erasures>(Column::PlannedAt, true)?;
        Ok(list_where::<Erasures>(ctx, "erasures", Filter::default(), order, page).await?.into())
    }
}
