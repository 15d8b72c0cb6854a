//! The words of stored messages and visitors are made anew, after what a word is has changed.

use kernel::{
    Cx, Db, Result,
    db::search,
    id::VisitorId,
    jobs::{self, Enqueue, Job, Work},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ports::Visitors,
    store::message::{Entity, TEXTS},
};

/// So many at a time.
const ROWS: u64 = 500;

/// Makes the words of messages anew, from the newest on. Until it is its turn a message is found by its old words.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndexMessages {
    /// Those before this one, all where it is absent.
    pub before: Option<Uuid>,
}

impl Work for IndexMessages {
    const KIND: &'static str = "inbox.index_messages";
}

/// Does some of it, and queues the rest.
pub async fn index_messages(db: &Db, cx: &Cx, job: &Job) -> Result<()> {
    let IndexMessages { before } = job.work()?;
    db.transact(cx, "messages.index", |tx| async move {
        let next = search::index_again::<Entity>(tx.conn(), &TEXTS, before, ROWS).await?;
        jobs::finish(&tx, job).await?;
        if next.is_some() {
            tx.enqueue(cx, &IndexMessages { before: next }).await?;
        }
        Ok(())
    })
    .await
}

/// Makes the words of visitors anew, from the newest on. Until it is their turn they are found by their old words, where they have
/// any.
#[derive(Debug, Serialize, Deserialize)]
pub struct IndexVisitors {
    /// Those before this one, all where it is absent.
    pub before: Option<Uuid>,
}

impl Work for IndexVisitors {
    const KIND: &'static str = "inbox.index_visitors";
}

/// Does some of it, and queues the rest.
pub async fn index_visitors(db: &Db, cx: &Cx, job: &Job) -> Result<()> {
    let IndexVisitors { before } = job.work()?;
    db.transact(cx, "visitors.index", |tx| async move {
        let next = tx.index_before(before.map(VisitorId), ROWS).await?;
        jobs::finish(&tx, job).await?;
        if let Some(next) = next {
            tx.enqueue(cx, &IndexVisitors { before: Some(next.0) }).await?;
        }
        Ok(())
    })
    .await
}
