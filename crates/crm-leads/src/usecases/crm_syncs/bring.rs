//! What is due is brought, a batch at a time; one worker has a connection at a time, so that its limit is kept.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Result, Tx,
    id::{CrmConnectionId, LeadId},
    jobs::{self, Job, Work},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    outcome::{Came, keep_outcomes},
    send::{Sending, Step},
};
use crate::{
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{self as row, CrmStatus, Model as CrmConnection},
        crm_syncs::{
            queue::{claim, hold, lease, next_due, wake, with_records},
            sync::Model as CrmSync,
        },
    },
};

/// How long a worker goes on before the next job does.
const TURN: TimeDelta = TimeDelta::seconds(30);
/// How soon it is looked again where somebody else has the connection.
const AGAIN: TimeDelta = TimeDelta::seconds(1);

/// The job: bring what is due into a CRM.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SyncCrm {
    /// Where.
    pub connection: CrmConnectionId,
}

impl Work for SyncCrm {
    const KIND: &'static str = "crm.sync";
}

/// Brings what is due. What a worker has is its own for as long as `own`, and longer while it asks.
///
/// # Errors
/// Of ours only: it is tried again. What the CRM says stands with each sync.
pub async fn sync_crm(db: &Db, crms: &dyn Crms, own: TimeDelta, cx: &Cx, job: &Job) -> Result<()> {
    let work: SyncCrm = job.work()?;
    let id = work.connection;
    let conn = db.bookkeeping(cx).await?;
    if !claim(&conn, id, cx.now, cx.now + own).await? {
        return match connection(&conn, id).await? {
            Some(_) => jobs::put_back(&conn, job, cx.now + AGAIN).await,
            None => db.transact(cx, "crm.sync", |tx| async move { jobs::finish(&tx, job).await }).await,
        };
    }
    let brought = bring_due(db, crms, own, cx, &conn, id).await;
    hold(&conn, id, None).await?;
    brought?;
    let cx = &cx.at_present();
    db.transact(cx, "crm.sync", |tx| async move {
        jobs::finish(&tx, job).await?;
        look_again(&tx, cx, id).await
    })
    .await
}

/// Queues the next job, for when there is something to do.
async fn look_again(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<()> {
    let Some(found) = connection(tx.conn(), id).await? else { return Ok(()) };
    if found.status != CrmStatus::Connected {
        return Ok(());
    }
    let Some(next) = next_due(tx.conn(), id).await? else { return Ok(()) };
    let at = next.max(cx.now).max(found.limited_until.unwrap_or(cx.now));
    wake(tx, cx, id, &SyncCrm { connection: id }, at).await
}

/// A batch that was sent: what became of it is kept while the CRM has the next one.
struct Sent {
    cx: Cx,
    connection: CrmConnection,
    steps: Vec<(Step, Came)>,
}

impl Sent {
    /// Which lead each record is of that is not kept yet.
    fn whose(&self) -> HashMap<String, LeadId> {
        let there = self.steps.iter().filter_map(|(step, came)| match came {
            Came::There(external_id) => Some((external_id.clone(), step.sync.lead_id)),
            _ => None,
        });
        there.collect()
    }

    /// Whether all of it went well; then nothing of it is looked at again.
    fn went_well(&self) -> bool {
        self.steps.iter().all(|(_, came)| matches!(came, Came::There(_) | Came::Gone | Came::Same))
    }
}

/// Keeps what became of a batch, where one was sent.
async fn keep(db: &Db, sent: Option<Sent>) -> Result<()> {
    match sent {
        Some(Sent { cx, connection, steps }) => keep_outcomes(db, &cx, &connection, &steps).await,
        None => Ok(()),
    }
}

async fn bring_due(db: &Db, crms: &dyn Crms, own: TimeDelta, cx: &Cx, conn: &Conn, id: CrmConnectionId) -> Result<()> {
    let mut sent = None;
    let brought = bring_batches(db, crms, own, cx, conn, id, &mut sent).await;
    keep(db, sent).await?;
    brought
}

async fn bring_batches(
    db: &Db,
    crms: &dyn Crms,
    own: TimeDelta,
    cx: &Cx,
    conn: &Conn,
    id: CrmConnectionId,
    sent: &mut Option<Sent>,
) -> Result<()> {
    let until = cx.now + TURN;
    loop {
        let cx = &cx.at_present();
        let Some(found) = connection(conn, id).await? else { return Ok(()) };
        let waits = found.limited_until.is_some_and(|until| until > cx.now);
        if cx.now >= until || found.status != CrmStatus::Connected || waits {
            return Ok(());
        }
        hold(conn, id, Some(cx.now + own)).await?;
        let due = lease(conn, id, cx.now, cx.now + own, found.provider.batch()).await?;
        if due.is_empty() {
            return Ok(());
        }
        let before = sent.take();
        let whose = before.as_ref().map(Sent::whose).unwrap_or_default();
        let brought = bring(db, crms, own, cx, conn, &found, (due, whose));
        let (brought, kept) = futures_util::join!(brought, keep(db, before));
        kept?;
        let (steps, pause) = brought?;
        let now = cx.at_present();
        let pause = pause.and_then(|pause| TimeDelta::from_std(pause).ok()).map(|pause| now.now + pause);
        // What would be leased anew is kept before anything is.
        let lasts = now.now < cx.now + own / 2;
        let batch = Sent { cx: now, connection: found, steps };
        if pause.is_none() && lasts && batch.went_well() {
            *sent = Some(batch);
            continue;
        }
        keep(db, Some(batch)).await?;
        if let Some(until) = pause {
            limit(conn, id, until).await?;
        }
    }
}

/// Sends a batch, where these records are of these leads; returns what became of each, and how long the CRM is to be left alone.
async fn bring(
    db: &Db,
    crms: &dyn Crms,
    own: TimeDelta,
    cx: &Cx,
    conn: &Conn,
    connection: &CrmConnection,
    (due, whose): (Vec<CrmSync>, HashMap<String, LeadId>),
) -> Result<(Vec<(Step, Came)>, Option<Duration>)> {
    let ids: Vec<_> = due.iter().map(|sync| sync.lead_id).collect();
    let known = with_records(conn, connection.id, &ids).await?;
    let mut known: HashMap<_, _> = known.into_iter().map(|(lead, record)| (lead.id, (lead, record))).collect();
    let mut sending = Sending::new(db, crms, own, cx, conn, connection, whose);
    for sync in due {
        let (lead, record) = known.remove(&sync.lead_id).unzip();
        sending.add(Step::of(sync, lead, record.flatten(), connection));
    }
    sending.run().await
}

/// Notes how long the CRM is to be left alone.
async fn limit(conn: &Conn, id: CrmConnectionId, until: DateTime<Utc>) -> Result<()> {
    let limited = row::Entity::update_many().col_expr(row::Column::LimitedUntil, Expr::value(Some(until)));
    limited.filter(row::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
