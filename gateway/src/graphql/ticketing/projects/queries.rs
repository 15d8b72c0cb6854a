//! Reading projects.

use async_graphql::{Context, ID, Object};
use kernel::{id::ProjectId, page::PageArgs, record::Record};
use ticketing::{entities::project, records::Projects};

use super::{
    filters::{ProjectFilter, ProjectOrder},
    types::{Project, ProjectConnection},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    loaders::By,
    records::{list, ordered},
    scope::scope,
};

/// Reading projects.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// A project; null where there is none that the viewer may see. A client sees their own without the permission.
    #[graphql(directive = requires::apply(Permission::ViewProjects))]
    async fn project(&self, ctx: &Context<'_>, #[graphql(desc = "`prj_…`")] id: ID) -> Result<Option<Project>> {
        let scope = scope(ctx);
        Projects::may_list(&scope.cx())?;
        let id: ProjectId = crate::graphql::scalars::id("id", &id)?;
        Ok(scope.loaders.load_one(By::<Projects>(id)).await?.map(|found| found.as_ref().clone().into()))
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
