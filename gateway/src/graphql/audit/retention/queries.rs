//! Reading policies, runs and archives.

use async_graphql::{Context, ID, Object};
use audit::{
    entities::{archive, retention_run},
    records::{Archives, RetentionRuns},
};
use kernel::{page::PageArgs, record::Filter};

use super::types::{ArchiveConnection, RetentionPolicy, RetentionRun, RetentionRunConnection};
use crate::{
    filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, OrderDirection, StringComparator},
        identity::Permission,
        records::{always, list, list_where, one, ordered},
        scope::scope,
    },
    order,
    wiring::retention::Contexts,
};

filter! {
    /// Which archives. All parts given must hold; at most 4 levels and 40 comparisons.
    ArchiveFilter of Archives {
        /// The table that its rows were of.
        table: StringComparator,
        /// When it was made.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<String>(audit::ARCHIVES_BY_TABLE, level.table)?;
        leaves.time(audit::ARCHIVES_BY_CREATED_AT, level.created_at)?;
    }
}

order! {
    "archives": ArchiveOrder, ArchiveOrderField of Archives, descending {
        /// By when they were made.
        CreatedAt,
        /// By when their first row is counted from.
        FirstAt,
    }
}

/// Reading policies, runs and archives.
#[derive(Default)]
pub struct RetentionQuery;

#[Object]
impl RetentionQuery {
    /// How long rows are kept, in the order in which that is carried out. Tables that are in none are kept: docs/retention.md says why.
    #[graphql(directive = requires::apply(Permission::ViewRetention))]
    async fn retention_policies(&self, ctx: &Context<'_>) -> Result<Vec<RetentionPolicy>> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(audit::VIEW_RETENTION)?;
        let all = audit::retention_policies(&app.db.reader(&cx).await?, &Contexts(app), &cx).await?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// A run; null where there is none. Ask again until it is over.
    #[graphql(name = "retentionRun", directive = requires::apply(Permission::ViewRetention))]
    async fn run(&self, ctx: &Context<'_>, #[graphql(desc = "`rtn_…`")] id: ID) -> Result<Option<RetentionRun>> {
        one::<RetentionRuns, _>(ctx, &id).await
    }

    /// Runs, newest first.
    #[graphql(directive = requires::apply(Permission::ViewRetention))]
    async fn retention_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<RetentionRunConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<RetentionRuns>(retention_run::Column::CreatedAt, true)?;
        Ok(list_where::<RetentionRuns>(ctx, "retention runs", Filter::default(), order, page).await?.into())
    }

    /// Archives, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewRetention))]
    async fn archives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ArchiveFilter>,
        #[graphql(desc = "In which order; ties are broken by id.")] order_by: Option<Vec<ArchiveOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ArchiveConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(list(ctx, "archives", filter, ordered(order_by, (archive::Column::CreatedAt, true)), page).await?.into())
    }
}
