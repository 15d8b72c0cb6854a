//! Relay connections, one pattern for all of them.
//!
//! A list resolver makes a [`List`] of its paging arguments, asks a query for the page, and hands the rows to the
//! `of` of its connection, which [`connection!`](crate::connection) wrote.

use std::{future::Future, pin::Pin, sync::Arc};

use async_graphql::{SimpleObject, dataloader::Loader};
use kernel::{
    Conn, Cx, Error, ProblemCode,
    page::{Cursors, Page, PageArgs, Place, Slice},
};

use super::{
    loaders::{Batch, Key},
    scope::Scope,
};
use crate::wiring::app::App;

/// Counts a whole list, when somebody asks.
pub type Count = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = kernel::Result<u64>> + Send>> + Send + Sync>;

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
    pub fn new(
        scope: &Scope,
        name: &str,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> kernel::Result<Self> {
        let cx = scope.cx();
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, name);
        let page = cursors.page(&PageArgs { first, after, last, before })?;
        Ok(Self { cx, page, cursors, app: scope.app.clone() })
    }

    /// A connection for reading.
    pub async fn conn(&self) -> kernel::Result<Conn> {
        self.app.db.reader(&self.cx).await
    }

    /// The page of a list below a row, from the loader; `None` where it begins at a cursor, which no other row's does. The
    /// loader's key is told how many rows, with the one beyond the page, and whether from the end.
    pub async fn at_an_end<K, T>(
        &self,
        scope: &Scope,
        key: impl FnOnce(u64, bool) -> K,
    ) -> kernel::Result<Option<Slice<T>>>
    where
        K: Key<Value = Arc<Vec<T>>>,
        Batch: Loader<K, Value = Arc<Vec<T>>, Error = Error>,
        T: Clone,
    {
        if self.page.after.is_some() || self.page.before.is_some() {
            return Ok(None);
        }
        let found = scope.loaders.load_one(key(self.page.size + 1, self.page.backward)).await?;
        Ok(Some(self.page.slice(found.map(|found| found.to_vec()).unwrap_or_default())))
    }

    /// Counts the list with this query when somebody asks, on a connection of its own.
    pub fn count<F, W>(&self, count: F) -> Count
    where
        F: Fn(Conn, Cx) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = kernel::Result<u64>> + Send,
    {
        let (app, cx) = (self.app.clone(), self.cx.clone());
        Arc::new(move || {
            let (app, cx, count) = (app.clone(), cx.clone(), count.clone());
            Box::pin(async move { count(app.db.reader(&cx).await?, cx).await })
        })
    }

    /// The cursors of the list.
    pub fn cursors(self) -> Cursors {
        self.cursors
    }
}

/// Counts a list below a row when somebody asks, for all rows of a level at once.
pub fn counted<K>(scope: &Scope, key: K) -> Count
where
    K: Key<Value = u64>,
    Batch: Loader<K, Value = u64, Error = Error>,
{
    let loaders = scope.loaders.clone();
    Arc::new(move || {
        let loaders = loaders.clone();
        Box::pin(async move { Ok(loaders.load_one(key).await?.unwrap_or_default()) })
    })
}

/// The orders asked for, at most 3, or the usual one.
pub fn orders<I, O: From<I>>(asked: Option<Vec<I>>, usual: O) -> kernel::Result<Vec<O>> {
    let asked = asked.unwrap_or_default();
    if asked.len() > 3 {
        return Err(Error::invalid("orderBy", ProblemCode::TooLong, "may hold at most 3 orders"));
    }
    if asked.is_empty() {
        return Ok(vec![usual]);
    }
    Ok(asked.into_iter().map(Into::into).collect())
}

/// The page info of rows at these places.
pub fn page_info(cursors: &Cursors, places: &[Place], has_next: bool, has_previous: bool) -> PageInfo {
    PageInfo {
        has_next_page: has_next,
        has_previous_page: has_previous,
        start_cursor: places.first().map(|place| cursors.encode(place)),
        end_cursor: places.last().map(|place| cursors.encode(place)),
    }
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
        pub struct $connection {
            rows: Vec<std::sync::Arc<$node>>,
            places: Vec<kernel::page::Place>,
            has_next: bool,
            has_previous: bool,
            cursors: kernel::page::Cursors,
            count: $crate::graphql::paging::Count,
        }

        impl $connection {
            /// The connection of a page's rows: `place` tells where a row stands in the order, `count` counts the list.
            pub fn of(
                list: $crate::graphql::paging::List,
                slice: kernel::page::Slice<$row>,
                place: impl Fn(&$row) -> kernel::page::Place,
                count: $crate::graphql::paging::Count,
            ) -> Self {
                Self {
                    places: slice.rows.iter().map(place).collect(),
                    rows: slice.rows.into_iter().map(|row| std::sync::Arc::new(row.into())).collect(),
                    has_next: slice.has_next,
                    has_previous: slice.has_previous,
                    cursors: list.cursors(),
                    count,
                }
            }
        }

        #[doc = concat!("A page of ", $what, ".")]
        #[async_graphql::Object]
        impl $connection {
            /// The rows, each with its cursor.
            async fn edges(&self) -> Vec<$edge> {
                let edge = |(node, place): (&std::sync::Arc<$node>, &kernel::page::Place)| $edge {
                    cursor: self.cursors.encode(place),
                    node: node.clone(),
                };
                self.rows.iter().zip(&self.places).map(edge).collect()
            }

            /// The rows alone.
            async fn nodes(&self) -> &[std::sync::Arc<$node>] {
                &self.rows
            }

            /// What lies around the page.
            async fn page_info(&self) -> $crate::graphql::paging::PageInfo {
                $crate::graphql::paging::page_info(&self.cursors, &self.places, self.has_next, self.has_previous)
            }

            /// How many rows the whole list has; counted only when asked for.
            async fn total_count(&self) -> $crate::graphql::errors::Result<i32> {
                let count = (self.count)().await?;
                Ok(i32::try_from(count).unwrap_or(i32::MAX))
            }
        }
    };
}
