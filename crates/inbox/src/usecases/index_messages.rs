//! The words of stored messages are made anew, after what a word is has changed.

use kernel::{
    Cx, Db, Result,
    db::search,
    jobs::{self, Enqueue, Job, Work},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::message::{Entity, TEXTS};

/// So many at a time.
const MESSAGES: u64 = 500;

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
        let next = search::index_again::<Entity>(tx.conn(), &TEXTS, before, MESSAGES).await?;
        jobs::finish(&tx, job).await?;
        if next.is_some() {
            tx.enqueue(cx, &IndexMessages { before: next }).await?;
        }
        Ok(())
    })
    .await
}
