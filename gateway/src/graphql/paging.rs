//! Relay connections, one pattern for all of them.
//!
//! A list of records is one line ([`records`](super::records)). Any other list makes a [`List`] of its paging arguments,
//! asks a query for the page, and hands the rows to the `of` of its connection, which
//! [`connection!`](crate::connection) wrote.

use std::{future::Future, pin::Pin, sync::Arc};

use async_graphql::{Context, SimpleObject};
use kernel::{
    Conn, Cx, Error, ProblemCode,
    page::{Cursors, Page, PageArgs, Place, Slice},
};

use super::scope::Scope;
use crate::wiring::app::App;

/// The fields of a connection that count it.
pub const COUNTS: [&str; 2] = ["totalCount", "totalCountUpTo"];

/// Counts a whole list, when somebody asks; where a limit is given, counting may stop there.
pub type Count = Arc<dyn Fn(Option<u64>) -> Counted + Send + Sync>;
/// A list being counted.
pub type Counted = Pin<Box<dyn Future<Output = kernel::Result<u64>> + Send>>;

/// What lies around a page.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether there are rows after this page. For a page taken backward before a cursor: true.
    pub has_next_page: bool,
    /// Whether there are rows before this page. For a page taken forward after a cursor: true.
    pub has_previous_page: bool,
    /// The cursor of the first row.
    pub start_cursor: Option<String>,
    /// The cursor of the last row.
    pub end_cursor: Option<String>,
}

/// A list that was asked for: who asks, which page, and the cursors of this list in this order.
pub struct List {
    /// The context of the request.
    pub cx: Cx,
    /// The page.
    pub page: Page,
    cursors: Cursors,
    app: Arc<App>,
}

impl List {
    /// Checks the paging arguments. `name` tells the list and its order from all others.
    pub fn new(scope: &Scope, name: &str, page: &PageArgs) -> kernel::Result<Self> {
        let cx = scope.cx();
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, name);
        let page = cursors.page(page)?;
        Ok(Self { cx, page, cursors, app: scope.app.clone() })
    }

    /// A connection for reading.
    pub async fn conn(&self) -> kernel::Result<Conn> {
        self.app.db.reader(&self.cx).await
    }

    /// What this query reads of the list, unless all that is asked is how long it is: then no row is read.
    pub async fn rows<T>(
        &self,
        ctx: &Context<'_>,
        read: impl Future<Output = kernel::Result<Slice<T>>>,
    ) -> kernel::Result<Slice<T>> {
        let look = ctx.look_ahead();
        let asked = |fields: &[&str]| fields.iter().any(|field| look.field(field).exists());
        let counted_only = asked(&COUNTS) && !asked(&["nodes", "edges", "pageInfo"]);
        if counted_only { Ok(self.page.slice(Vec::new())) } else { read.await }
    }

    /// Counts the list with this query when somebody asks, on a connection of its own; the query is told where it may stop.
    pub fn count<F, W>(&self, count: F) -> Count
    where
        F: Fn(Conn, Cx, Option<u64>) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = kernel::Result<u64>> + Send,
    {
        let (app, cx) = (self.app.clone(), self.cx.clone());
        Arc::new(move |up_to| {
            let (app, cx, count) = (app.clone(), cx.clone(), count.clone());
            Box::pin(async move { count(app.db.reader(&cx).await?, cx, up_to).await })
        })
    }
}

/// A page that was read, with what a connection shows of it.
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where each of them stands.
    pub places: Vec<Place>,
    /// Whether there are rows after these.
    pub has_next: bool,
    /// Whether there are rows before these.
    pub has_previous: bool,
    /// The cursors of the list.
    pub cursors: Cursors,
    /// Counts the list.
    pub count: Count,
}

impl<T> Listed<T> {
    /// The same page of other things.
    pub fn map<U>(mut self, f: impl FnMut(T) -> U) -> Listed<U> {
        let rows = std::mem::take(&mut self.rows);
        self.with(rows.into_iter().map(f).collect())
    }

    /// The same page with these rows in the place of its own, in the same order.
    pub fn with<U>(self, rows: Vec<U>) -> Listed<U> {
        let Self { places, has_next, has_previous, cursors, count, .. } = self;
        Listed { rows, places, has_next, has_previous, cursors, count }
    }

    /// A page of a list: `place` tells where a row stands in its order, `count` counts it.
    pub fn new(list: List, slice: Slice<T>, place: impl Fn(&T) -> Place, count: Count) -> Self {
        Self {
            places: slice.rows.iter().map(place).collect(),
            rows: slice.rows,
            has_next: slice.has_next,
            has_previous: slice.has_previous,
            cursors: list.cursors,
            count,
        }
    }
}

/// What lies around a page.
pub fn page_info<T>(page: &Listed<T>) -> PageInfo {
    PageInfo {
        has_next_page: page.has_next,
        has_previous_page: page.has_previous,
        start_cursor: page.places.first().map(|place| page.cursors.encode(place)),
        end_cursor: page.places.last().map(|place| page.cursors.encode(place)),
    }
}

/// Where counting stops.
pub fn up_to(limit: i32) -> kernel::Result<u64> {
    const MOST: u64 = 10_000;
    let limit = u64::try_from(limit).ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| Error::invalid("limit", ProblemCode::InvalidFormat, format!("must be from 1 to {MOST}")))
}

/// Makes the connection and edge types of a node type, which must be made `From` the query's row.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $row:ty, $what:literal) => {
        #[doc = concat!("One of the ", $what, " with its place in the list.")]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// The place in the list, for `after` and `before`.
            pub cursor: String,
            /// The thing itself.
            pub node: std::sync::Arc<$node>,
        }

        #[doc = concat!("A page of ", $what, ".")]
        pub struct $connection($crate::graphql::paging::Listed<std::sync::Arc<$node>>);

        impl From<$crate::graphql::paging::Listed<$row>> for $connection {
            fn from(listed: $crate::graphql::paging::Listed<$row>) -> Self {
                Self(listed.map(|row| std::sync::Arc::new(row.into())))
            }
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[async_graphql::Object]
        impl $connection {
            /// The rows, each with its cursor.
            async fn edges(&self) -> Vec<$edge> {
                let edge = |(node, place): (&std::sync::Arc<$node>, &kernel::page::Place)| $edge {
                    cursor: self.0.cursors.encode(place),
                    node: node.clone(),
                };
                self.0.rows.iter().zip(&self.0.places).map(edge).collect()
            }

            /// The rows alone.
            async fn nodes(&self) -> &[std::sync::Arc<$node>] {
                &self.0.rows
            }

            /// What lies around the page.
            async fn page_info(&self) -> $crate::graphql::paging::PageInfo {
                $crate::graphql::paging::page_info(&self.0)
            }

            /// How many rows the whole list has; counted only when asked for.
            async fn total_count(&self) -> $crate::graphql::errors::Result<i32> {
                let count = (self.0.count)(None).await?;
                Ok(i32::try_from(count).unwrap_or(i32::MAX))
            }

            /// The same, but no more than `limit`, where counting stops: quick in a list of any length.
            async fn total_count_up_to(
                &self,
                #[graphql(desc = "1–10,000.")] limit: i32,
            ) -> $crate::graphql::errors::Result<i32> {
                let up_to = $crate::graphql::paging::up_to(limit)?;
                let count = (self.0.count)(Some(up_to)).await?;
                Ok(i32::try_from(count.min(up_to)).unwrap_or(i32::MAX))
            }
        }
    };
}
