//! What is due is brought, a batch at a time; one worker has a connection at a time, so that its limit is kept.

use std::collections::HashMap;

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
    send::{Hold, Sending, Step},
};
use crate::{
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{self as row, CrmStatus, Model as CrmConnection},
        crm_syncs::{
            queue::{claim, hold, lease, next_due, release, wake, with_records},
            record::Model as CrmRecord,
            sync::Model as CrmSync,
        },
        leads::lead::Model as Lead,
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
    let hold = Hold { conn, id, own, until: cx.now + own };
    let mut at_work = AtWork { db, crms, hold, sent: None, next: None };
    let brought = at_work.bring_due(cx).await;
    at_work.leave().await?;
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

/// A batch that a worker has, with what its leads and their records were when it took it.
struct Due {
    at: DateTime<Utc>,
    syncs: Vec<CrmSync>,
    known: HashMap<LeadId, (Lead, Option<CrmRecord>)>,
}

impl Due {
    async fn taken(conn: &Conn, id: CrmConnectionId, now: DateTime<Utc>, own: TimeDelta, limit: usize) -> Result<Self> {
        let syncs = lease(conn, id, now, now + own, limit).await?;
        let leads: Vec<_> = syncs.iter().map(|sync| sync.lead_id).collect();
        let known = if leads.is_empty() { Vec::new() } else { with_records(conn, id, &leads).await? };
        let known = known.into_iter().map(|(lead, record)| (lead.id, (lead, record))).collect();
        Ok(Self { at: now, syncs, known })
    }

    fn steps(mut self, connection: &CrmConnection) -> Vec<Step> {
        let step = |sync: CrmSync| {
            let (lead, record) = self.known.remove(&sync.lead_id).unzip();
            Step::of(sync, lead, record.flatten(), connection)
        };
        self.syncs.into_iter().map(step).collect()
    }
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

/// A worker at a connection that is its own. While the CRM has a batch, the one before is kept and the next one is taken.
struct AtWork<'a> {
    db: &'a Db,
    crms: &'a dyn Crms,
    hold: Hold,
    sent: Option<Sent>,
    next: Option<Due>,
}

impl AtWork<'_> {
    async fn bring_due(&mut self, cx: &Cx) -> Result<()> {
        let (conn, id, own) = (self.hold.conn.clone(), self.hold.id, self.hold.own);
        let until = cx.now + TURN;
        loop {
            let cx = &cx.at_present();
            let Some(found) = connection(&conn, id).await? else { return Ok(()) };
            let waits = found.limited_until.is_some_and(|until| until > cx.now);
            if cx.now >= until || found.status != CrmStatus::Connected || waits {
                return Ok(());
            }
            self.hold.go_on(cx.now).await?;
            let limit = found.provider.batch();
            let due = match self.next_in_time(cx.now).await? {
                Some(due) => due,
                None => Due::taken(&conn, id, cx.now, own, limit).await?,
            };
            if due.syncs.is_empty() {
                return Ok(());
            }
            let taken_at = due.at;
            let before = self.sent.take();
            let whose = before.as_ref().map(Sent::whose).unwrap_or_default();
            let sending = Sending::new(self.db, self.crms, cx, &mut self.hold, &found, due.steps(&found), whose);
            let next = Due::taken(&conn, id, cx.now, own, limit);
            let (brought, kept, next) = futures_util::join!(sending.run(), keep(self.db, before), next);
            let next = next.map(|next| self.next = Some(next));
            kept?;
            let (steps, pause) = brought?;
            let now = cx.at_present();
            let pause = pause.and_then(|pause| TimeDelta::from_std(pause).ok()).map(|pause| now.now + pause);
            // What would be leased anew is kept before anything is.
            let lasts = now.now < taken_at + own / 2;
            let batch = Sent { cx: now, connection: found, steps };
            let goes_on = pause.is_none() && lasts && batch.went_well();
            self.sent = Some(batch);
            next?;
            if goes_on {
                continue;
            }
            keep(self.db, self.sent.take()).await?;
            if let Some(until) = pause {
                limit_until(&conn, id, until).await?;
            }
        }
    }

    /// The batch that was taken ahead, where it is not empty and is still this worker's for long enough.
    async fn next_in_time(&mut self, now: DateTime<Utc>) -> Result<Option<Due>> {
        let lasts = |due: &Due| now < due.at + self.hold.own / 4;
        match self.next.take() {
            Some(due) if due.syncs.is_empty() => Ok(None),
            Some(due) if lasts(&due) => Ok(Some(due)),
            late => {
                self.next = late;
                self.let_go().await.map(|()| None)
            }
        }
    }

    /// Others may have the batch that was taken ahead.
    async fn let_go(&mut self) -> Result<()> {
        match self.next.take() {
            Some(due) => release(&self.hold.conn, &due.syncs).await,
            None => Ok(()),
        }
    }

    /// Keeps what is not kept yet, and lets others have the rest.
    async fn leave(mut self) -> Result<()> {
        let kept = keep(self.db, self.sent.take()).await;
        let freed = self.let_go().await;
        hold(&self.hold.conn, self.hold.id, None).await?;
        kept.and(freed)
    }
}

/// Notes how long the CRM is to be left alone.
async fn limit_until(conn: &Conn, id: CrmConnectionId, until: DateTime<Utc>) -> Result<()> {
    let limited = row::Entity::update_many().col_expr(row::Column::LimitedUntil, Expr::value(Some(until)));
    limited.filter(row::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
