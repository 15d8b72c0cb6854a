//! Reading exports of what is held on people.

use async_graphql::{Context, ID, Object};
use audit::{entities::person_export::Column, records::PersonExports};
use kernel::{page::PageArgs, record::Filter};

use super::types::{PersonExport, PersonExportConnection};
use crate::graphql::{
    errors::Result,
    records::{always, list_where, one},
};

/// Reading exports of what is held on people.
#[derive(Default)]
pub struct PersonExportQuery;

#[Object]
impl PersonExportQuery {
    /// An export of what is held on a person; null where there is none that the viewer may see. Ask again until it is over.
    #[graphql(name = "personExport")]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`pex_…`")] id: ID) -> Result<Option<PersonExport>> {
        one::<PersonExports, _>(ctx, &id).await
    }

    /// Those that the viewer asked for of themselves, newest first; with MANAGE_PERSONAL_DATA everybody's.
    async fn person_exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<PersonExportConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<PersonExports>(Column::CreatedAt, true)?;
        Ok(list_where::<PersonExports>(ctx, "personExports", Filter::default(), order, page).await?.into())
    }
}
