//! What is due is brought, a batch at a time; one worker has a connection at a time, so that its limit is kept.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Result, Tx,
    db::any_of,
    id::CrmConnectionId,
    jobs::{self, Job, Work},
};
use sea_orm::{ConnectionTrait, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    outcome::keep_outcomes,
    send::{Sending, Step},
};
use crate::{
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{self as row, CrmStatus, Model as CrmConnection},
        crm_syncs::{
            queue::{claim, hold, lease, next_due, records_of, wake},
            sync::Model as CrmSync,
        },
        leads::lead,
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

async fn bring_due(db: &Db, crms: &dyn Crms, own: TimeDelta, cx: &Cx, conn: &Conn, id: CrmConnectionId) -> Result<()> {
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
        let pause = bring(db, crms, own, cx, conn, &found, due).await?;
        if let Some(until) = pause {
            limit(conn, id, until).await?;
        }
    }
}

/// Brings a batch; returns until when the CRM is to be left alone.
async fn bring(
    db: &Db,
    crms: &dyn Crms,
    own: TimeDelta,
    cx: &Cx,
    conn: &Conn,
    connection: &CrmConnection,
    due: Vec<CrmSync>,
) -> Result<Option<DateTime<Utc>>> {
    let ids: Vec<_> = due.iter().map(|sync| sync.lead_id).collect();
    let backend = conn.get_database_backend();
    let leads = lead::Entity::find().filter(any_of(backend, lead::Column::Id, &ids)).all(conn).await?;
    let mut records = records_of(conn, connection.id, &ids).await?;
    let mut sending = Sending::new(db, crms, own, cx, conn, connection);
    for sync in due {
        let record = records.remove(&sync.lead_id);
        let lead = leads.iter().find(|lead| lead.id == sync.lead_id).cloned();
        sending.add(Step::of(sync, lead, record, connection));
    }
    let (steps, pause) = sending.run().await?;
    let now = cx.at_present();
    keep_outcomes(db, &now, connection, &steps).await?;
    Ok(pause.and_then(|pause| TimeDelta::from_std(pause).ok()).map(|pause| now.now + pause))
}

/// Notes how long the CRM is to be left alone.
async fn limit(conn: &Conn, id: CrmConnectionId, until: DateTime<Utc>) -> Result<()> {
    let limited = row::Entity::update_many().col_expr(row::Column::LimitedUntil, Expr::value(Some(until)));
    limited.filter(row::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
