//! Relay connections, one macro for all of them.

use std::{future::Future, pin::Pin, sync::Arc};

use async_graphql::SimpleObject;
use kernel::page::{Cursors, PageArgs, Place};

/// Counts a whole list, when somebody asks.
pub type Count = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = kernel::Result<u64>> + Send>> + Send + Sync>;

/// What lies around a page.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether there are rows after this page.
    pub has_next_page: bool,
    /// Whether there are rows before this page. For a page taken forward after a cursor: true.
    pub has_previous_page: bool,
    /// The cursor of the first row.
    pub start_cursor: Option<String>,
    /// The cursor of the last row.
    pub end_cursor: Option<String>,
}

/// The paging arguments of a field.
pub fn args(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> PageArgs {
    PageArgs { first, after, last, before }
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

/// Makes the connection and edge types of a node type.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $what:literal) => {
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
            /// The rows with their places.
            pub rows: Vec<std::sync::Arc<$node>>,
            /// The place of each row.
            pub places: Vec<kernel::page::Place>,
            /// Whether there are rows after these.
            pub has_next: bool,
            /// Whether there are rows before these.
            pub has_previous: bool,
            /// Makes the cursors.
            pub cursors: kernel::page::Cursors,
            /// Counts the whole list.
            pub count: $crate::graphql::paging::Count,
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
