//! A visitor's whole history.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::timeline::{Entry, page_of};
use kernel::{id::VisitorId, page::PageArgs};

use crate::{
    connection,
    graphql::{
        errors::Result,
        loaders::{TimelineLength, TimelineOf},
        node::{Node, node},
        paging::{Counted, List, Listed},
        scope::scope,
    },
};

/// Something on a visitor's timeline.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TimelineEntry {
    /// When it began.
    pub at: DateTime<Utc>,
    #[graphql(skip)]
    shown_id: String,
}

impl From<Entry> for TimelineEntry {
    fn from(entry: Entry) -> Self {
        Self { at: entry.at, shown_id: entry.shown_id() }
    }
}

#[ComplexObject]
impl TimelineEntry {
    /// What it is: a message, a chat or a consultation. More kinds may come.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        node(ctx, "id", &ID(self.shown_id.clone())).await
    }
}

connection!(TimelineEntryConnection, TimelineEntryEdge, TimelineEntry, Entry, "entries of a timeline");

/// A page of the timeline of a visitor whom the viewer has found: from a loader where it begins at an end, for all visitors of
/// a level at once.
pub async fn timeline(ctx: &Context<'_>, visitor: VisitorId, page: PageArgs) -> Result<TimelineEntryConnection> {
    let scope = scope(ctx);
    let asked = List::new(scope, &format!("timeline of {visitor}"), &page)?;
    let page = &asked.page;
    let read = async {
        if page.after.is_none() && page.before.is_none() {
            let key = TimelineOf { visitor, rows: page.size + 1, backward: page.backward };
            let found = scope.loaders.load_one(key).await?;
            Ok(page.slice(found.map(|found| found.to_vec()).unwrap_or_default()))
        } else {
            page_of(&asked.conn().await?, &asked.cx, visitor, page).await
        }
    };
    let slice = asked.rows(ctx, read).await?;
    let loaders = scope.loaders.clone();
    let count = Arc::new(move |_| -> Counted {
        let loaders = loaders.clone();
        Box::pin(async move { Ok(loaders.load_one(TimelineLength(visitor)).await?.unwrap_or_default()) })
    });
    Ok(Listed::new(asked, slice, Entry::place, count).into())
}
