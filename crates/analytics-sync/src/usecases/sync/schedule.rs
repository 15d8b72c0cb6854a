//! The schedule: every so many hours incremental runs of chats and contacts are begun.

use chrono::TimeDelta;
use kernel::{
    Cx, Error, Result, Tx,
    jobs::{self, Enqueue, Job, Work},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    SyncSettings, hold,
    start::{StartSync, start_sync},
};
use crate::store::sync::{
    access::{B2chatAccessStatus, Column, Entity, ONLY},
    run::{SyncEntity, SyncOperation},
};

/// The job: begin runs where they are due.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct BeginDueSyncs {
    /// The connection that it is for: one that was made anew has a job of its own.
    pub round: i32,
}

impl Work for BeginDueSyncs {
    const KIND: &'static str = "analytics_sync.begin_due";
}

/// Begins runs where they are due, and asks to be asked again.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn begin_due_syncs(tx: &Tx, settings: &SyncSettings, cx: &Cx, job: &Job) -> Result<()> {
    let work: BeginDueSyncs = job.work()?;
    let access = hold(tx).await?;
    if let Some(access) = access.filter(|access| access.round == work.round) {
        let hours = settings.interval_hours;
        let connected = access.status != B2chatAccessStatus::Disconnected;
        if connected && hours > 0 && access.due_at.is_none_or(|due| due <= cx.now) {
            for entity in [SyncEntity::Contacts, SyncEntity::Chats] {
                let cmd = StartSync { entity, operation: SyncOperation::Incremental, from: None, to: None };
                match start_sync(tx, settings, cx, &cmd).await {
                    // One is under way, or the settings allow none: the next time may.
                    Ok(_) | Err(Error::Invalid(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if connected {
            // Where nothing is scheduled it is looked again whether something is meanwhile.
            let next = cx.now + TimeDelta::hours(if hours > 0 { hours } else { 1 });
            Entity::update_many()
                .col_expr(Column::DueAt, Expr::value((hours > 0).then_some(next)))
                .filter(Column::Id.eq(ONLY))
                .exec(tx.conn())
                .await?;
            tx.enqueue_at(cx, &work, next).await?;
        }
    }
    jobs::finish(tx, job).await
}
