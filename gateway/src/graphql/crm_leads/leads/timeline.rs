//! Everything that happened with the person.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{id::LeadId, page::PageArgs};

use super::around::LeadChange;
use crate::{
    connection,
    graphql::{
        errors::Result,
        loaders::{LeadTimelineLength, LeadTimelineOf},
        node::{Node, node},
        paging::{Counted, List, Listed},
        scope::scope,
    },
    wiring::lead_timeline::{Entry, What, timeline_page},
};

/// Something on a lead's timeline.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct LeadTimelineEntry {
    /// When it happened, or began.
    pub at: DateTime<Utc>,
    /// What was done to the lead; null where it is a thing of its own.
    pub change: Option<LeadChange>,
    #[graphql(skip)]
    shown_id: Option<String>,
}

impl From<Entry> for LeadTimelineEntry {
    fn from(entry: Entry) -> Self {
        match entry.what {
            What::Thing(shown_id) => Self { at: entry.at, change: None, shown_id: Some(shown_id) },
            What::Change(change) => Self { at: entry.at, change: Some((*change).into()), shown_id: None },
        }
    }
}

#[ComplexObject]
impl LeadTimelineEntry {
    /// The thing: a message, a chat, a consultation, a ticket or a scoring; null where something was done to the lead. More kinds may
    /// come.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = &self.shown_id else { return Ok(None) };
        Box::pin(async move { node(ctx, "id", &ID(id.clone())).await }).await
    }
}

connection!(LeadTimelineConnection, LeadTimelineEdge, LeadTimelineEntry, Entry, "entries of a lead's timeline");

/// A page of the timeline of a lead that the viewer has found: from a loader where it begins at an end, for all leads of a level at
/// once.
pub async fn timeline_of(ctx: &Context<'_>, lead: LeadId, page: PageArgs) -> Result<LeadTimelineConnection> {
    let scope = scope(ctx);
    let asked = List::new(scope, &format!("timeline of {lead}"), &page)?;
    let page = &asked.page;
    let read = async {
        if page.after.is_none() && page.before.is_none() {
            let key = LeadTimelineOf { lead, rows: page.size + 1, backward: page.backward };
            let found = scope.loaders.load_one(key).await?;
            Ok(page.slice(found.map(|found| found.to_vec()).unwrap_or_default()))
        } else {
            timeline_page(&asked.conn().await?, &asked.cx, lead, page).await
        }
    };
    let slice = asked.rows(ctx, read).await?;
    let loaders = scope.loaders.clone();
    let count = Arc::new(move |_| -> Counted {
        let loaders = loaders.clone();
        Box::pin(async move { Ok(loaders.load_one(LeadTimelineLength(lead)).await?.unwrap_or_default()) })
    });
    Ok(Listed::new(asked, slice, Entry::place, count).into())
}
