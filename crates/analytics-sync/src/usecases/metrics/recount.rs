//! Everything is counted anew from nothing but what it is of.

use kernel::{
    Cx, Result, Tx,
    db::Emit,
    events::{Event, Resource, Severity},
    id::{B2chatChatId, JobId, MetricFactId},
    jobs::{self, Enqueue, Job, Work},
};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    days::queue,
    note::{chats_changed, things_changed},
};
use crate::{
    policy::MANAGE_SYNC,
    ports::metrics::Things,
    store::{
        b2chat::chat,
        metrics::fact::{Column, Entity, MetricKind},
    },
};

/// So many things at a time.
const THINGS: u64 = 500;

/// What is counted anew, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    B2chatChats,
    LiveChats,
    Tickets,
    /// What is counted and is not there any more.
    Gone,
}

/// Counts things anew.
#[derive(Debug, Serialize, Deserialize)]
pub struct RecountMetrics {
    part: Part,
    /// Those after this one, all where it is absent.
    after: Option<Uuid>,
    /// Whether only live chats and tickets.
    #[serde(default)]
    own_only: bool,
}

impl Work for RecountMetrics {
    const KIND: &'static str = "analytics.recount_metrics";
}

/// Somebody asked that everything be counted anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MetricsRecountRequested {
    /// The job that does it.
    pub job: JobId,
}

impl Event for MetricsRecountRequested {
    const KIND: &'static str = "metrics.recount_requested";
    const TOPIC: &'static str = "analytics";
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("Metrics", self.job)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "jobId": self.job })))
    }
}

/// Asks that everything be counted anew; it is done in the background.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_SYNC`].
pub async fn recount_metrics<S: Enqueue + Emit>(s: &S, cx: &Cx) -> Result<bool> {
    cx.require(MANAGE_SYNC)?;
    let work = RecountMetrics { part: Part::B2chatChats, after: None, own_only: false };
    let job = s.enqueue(cx, &work).await?;
    s.emit(cx, &MetricsRecountRequested { job });
    Ok(true)
}

/// Asks that live chats and tickets be counted anew, where what many of them have was changed at once.
///
/// # Errors
/// What the database says.
pub async fn recount_own<S: Enqueue>(s: &S, cx: &Cx) -> Result<()> {
    s.enqueue(cx, &RecountMetrics { part: Part::LiveChats, after: None, own_only: true }).await.map(drop)
}

/// Does some of it, and queues the rest.
///
/// # Errors
/// What the database says.
pub async fn recount_some(tx: &Tx, things: &impl Things, cx: &Cx, job: &Job) -> Result<()> {
    let RecountMetrics { part, after, own_only } = job.work()?;
    let ids = match part {
        Part::B2chatChats => {
            let ids = b2chat_after(tx, after).await?;
            let chats: Vec<_> = ids.iter().copied().map(B2chatChatId).collect();
            chats_changed(tx, cx, &chats).await?;
            ids
        }
        Part::LiveChats => own(tx, things, cx, MetricKind::LiveChat, after).await?,
        Part::Tickets => own(tx, things, cx, MetricKind::Ticket, after).await?,
        Part::Gone => counted(tx, things, cx, after).await?,
    };
    jobs::finish(tx, job).await?;
    let next = match (ids.len() as u64 == THINGS, part) {
        (true, part) => Some((part, ids.last().copied())),
        (false, Part::B2chatChats) => Some((Part::LiveChats, None)),
        (false, Part::LiveChats) => Some((Part::Tickets, None)),
        (false, Part::Tickets) if !own_only => Some((Part::Gone, None)),
        (false, Part::Tickets | Part::Gone) => None,
    };
    match next {
        Some((part, after)) => tx.enqueue(cx, &RecountMetrics { part, after, own_only }).await.map(drop),
        // Also what was marked before and, for whatever reason, not counted.
        None => queue(tx, cx).await,
    }
}

async fn b2chat_after(tx: &Tx, after: Option<Uuid>) -> Result<Vec<Uuid>> {
    let mut chats = chat::Entity::find().select_only().column(chat::Column::Id).order_by_asc(chat::Column::Id);
    if let Some(after) = after {
        chats = chats.filter(chat::Column::Id.gt(after));
    }
    Ok(chats.limit(THINGS).into_tuple().all(tx.conn()).await?)
}

async fn own(tx: &Tx, things: &impl Things, cx: &Cx, kind: MetricKind, after: Option<Uuid>) -> Result<Vec<Uuid>> {
    let ids = things.ids_after(cx, kind, after, THINGS).await?;
    things_changed(tx, things, cx, kind, &ids).await?;
    Ok(ids)
}

/// What is counted, looked at again: what is not there any more is counted no more.
async fn counted(tx: &Tx, things: &impl Things, cx: &Cx, after: Option<Uuid>) -> Result<Vec<Uuid>> {
    let mut facts = Entity::find().select_only().columns([Column::ThingId, Column::Kind]);
    if let Some(after) = after {
        facts = facts.filter(Column::ThingId.gt(after));
    }
    let facts = facts.order_by_asc(Column::ThingId).limit(THINGS);
    let facts: Vec<(MetricFactId, MetricKind)> = facts.into_tuple().all(tx.conn()).await?;
    let of =
        |kind: MetricKind| facts.iter().filter(move |fact| fact.1 == kind).map(|fact| fact.0.0).collect::<Vec<_>>();
    let chats: Vec<_> = of(MetricKind::B2chatChat).into_iter().map(B2chatChatId).collect();
    chats_changed(tx, cx, &chats).await?;
    for kind in [MetricKind::LiveChat, MetricKind::Ticket] {
        things_changed(tx, things, cx, kind, &of(kind)).await?;
    }
    Ok(facts.into_iter().map(|fact| fact.0.0).collect())
}
