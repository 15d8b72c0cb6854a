//! Reading projects.

use async_graphql::{Context, ID, Object};
use kernel::page::PageArgs;
use ticketing::{entities::project, records::Projects};

use super::{
    filters::{ProjectFilter, ProjectOrder},
    types::{Project, ProjectConnection},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    records::{list, one, ordered},
};

/// Reading projects.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// A project; null where there is none that the viewer may see. A client sees their own without the permission.
    #[graphql(directive = requires::apply(Permission::ViewProjects))]
    async fn project(&self, ctx: &Context<'_>, #[graphql(desc = "`prj_…`")] id: ID) -> Result<Option<Project>> {
        one::<Projects, _>(ctx, &id).await
    }

    /// Projects, last changed first unless ordered otherwise. A client sees their own without the permission.
    #[graphql(directive = requires::apply(Permission::ViewProjects))]
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ProjectFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ProjectOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ProjectConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (project::Column::UpdatedAt, true));
        Ok(list(ctx, "projects", filter, order, page).await?.into())
    }
}
