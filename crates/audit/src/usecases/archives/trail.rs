//! The oldest rows of the audit trail: in the order of the chain, behind a signed place, and with their hashes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Db, Error, Result,
    crypto::hex,
    db::{Emit, any_of, rows::columns_of},
    files::Storage,
    retention::Policy,
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};
use tokio::task::coop::consume_budget;

use super::{
    object::{Batch, given_up, seal, write},
    rows::{ARCHIVED_ROWS, CHANGED},
};
use crate::{
    domain::{
        archives::{Linked, Signed, TEXT, TrailLine},
        retention::progress::Step,
    },
    queries::{
        retention::due::first_held,
        verify::{Checkpoint, newest},
    },
    store::{chain, checkpoint, log, retention::archive},
    usecases::{
        checkpoint::{RowsRemoved, make_checkpoint_upto},
        retention::note::{Progressing, note},
    },
};

/// How many rows are proved and signed at a time: a fraction of a second's work, which is one transaction.
const PROVED: i64 = 10_000;

/// Signs the trail a little further where nothing is left behind the newest place; returns that place, if anything is.
async fn signed(db: &Db, cx: &Cx, before: DateTime<Utc>) -> Result<Option<checkpoint::Model>> {
    for _ in 0..2 {
        let conn = db.reader(cx).await?;
        let oldest = chain::Entity::find().order_by_asc(chain::Column::Sequence).one(&conn).await?;
        let place = newest(&conn).await?;
        let behind =
            |place: &checkpoint::Model| oldest.as_ref().is_some_and(|oldest| oldest.sequence <= place.sequence);
        if let Some(place) = place.filter(behind) {
            Checkpoint::read(cx, db.keyring(), place.clone()).map_err(Error::internal)?;
            return Ok(Some(place));
        }
        drop(conn);
        let made = db
            .transact(cx, "audit.checkpoint", |tx| async move {
                let upto = first_held(tx.conn()).await?.map(|held| held - 1);
                let made = make_checkpoint_upto(&tx, cx, db.keyring(), before, PROVED, upto).await?;
                Ok(made.is_some())
            })
            .await?;
        if !made {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The oldest rows behind a place that are of before an instant and not held, with their links.
async fn oldest(
    conn: &Conn,
    place: &checkpoint::Model,
    before: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(chain::Model, log::Model)>> {
    let held = first_held(conn).await?.unwrap_or(i64::MAX);
    let links = chain::Entity::find()
        .filter(chain::Column::Sequence.lte(place.sequence))
        .filter(chain::Column::Sequence.lt(held))
        .order_by_asc(chain::Column::Sequence)
        .limit(most)
        .all(conn)
        .await?;
    let ids: Vec<_> = links.iter().map(|link| link.audit_log_id).collect();
    let rows = log::Entity::find().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids)).all(conn).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut found = Vec::with_capacity(links.len());
    for link in links {
        let Some(row) = rows.remove(&link.audit_log_id).filter(|row| row.at < before) else { break };
        found.push((link, row));
    }
    Ok(found)
}

/// The hash before a number, where it is known: of the archive that ends there, or of the place that was signed there.
async fn hash_before(conn: &Conn, sequence: i64) -> Result<Option<String>> {
    if sequence == 1 {
        return Ok(Some(hex(&crate::GENESIS)));
    }
    let ending = archive::Entity::find()
        .filter(archive::Column::LastSequence.eq(sequence - 1))
        .filter(archive::Column::SealedAt.is_not_null());
    if let Some(chain) = ending.one(conn).await?.and_then(|archive| archive.chain) {
        let linked: Linked = serde_json::from_value(chain).map_err(Error::internal)?;
        return Ok(Some(linked.end));
    }
    let place = checkpoint::Entity::find().filter(checkpoint::Column::Sequence.eq(sequence - 1)).one(conn).await?;
    Ok(place.map(|place| hex(&place.hash)))
}

async fn batch_of(
    conn: &Conn,
    place: &checkpoint::Model,
    rows: Vec<(chain::Model, log::Model)>,
) -> Result<Option<Batch>> {
    let Some((first, _)) = rows.first() else { return Ok(None) };
    let first = first.sequence;
    let mut batch = Batch { ids: Vec::new(), at: Vec::new(), lines: Vec::new(), chain: None };
    let (mut text, mut last, mut end) = (0, first, String::new());
    for (link, row) in rows {
        let (id, at) = (row.id.0, row.at);
        let line = TrailLine { sequence: link.sequence, hash: hex(&link.hash), row };
        let json = serde_json::to_string(&line).map_err(Error::internal)?;
        text += json.len();
        if text > TEXT && !batch.ids.is_empty() {
            break;
        }
        (last, end) = (line.sequence, line.hash);
        batch.ids.push(id);
        batch.at.push(at);
        batch.lines.push(json);
        // Others have their turn between.
        consume_budget().await;
    }
    let checkpoint = Signed {
        sequence: place.sequence,
        rows: place.rows,
        hash: hex(&place.hash),
        at: place.at,
        key_id: place.key_id.clone(),
        signature: hex(&place.signature),
    };
    batch.chain = Some(Linked { first, last, before: hash_before(conn, first).await?, end, checkpoint });
    Ok(Some(batch))
}

/// Moves the oldest rows of before an instant out of the trail, into an archive where `archived`; returns how far it is, and how
/// many rows those were.
///
/// # Errors
/// [`Error::Internal`] for a trail that is not whole, or where the storage holds something else; [`Error::Unavailable`] where the
/// database or the storage is away: then nothing was removed.
pub async fn move_trail(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    progressing: &Progressing,
    (policy, archived): (&'static Policy, bool),
    before: DateTime<Utc>,
) -> Result<(Step, u64)> {
    let Some(place) = signed(db, cx, before).await? else { return Ok((progressing.step(), 0)) };
    let conn = db.reader(cx).await?;
    let rows = oldest(&conn, &place, before, ARCHIVED_ROWS).await?;
    let Some(batch) = &batch_of(&conn, &place, rows).await? else { return Ok((progressing.step(), 0)) };
    let rows = batch.ids.len() as u64;
    let columns = columns_of(&conn, policy.table).await?;
    drop(conn);
    let archive = match archived {
        true => Some(write(db, storage, cx, progressing, (policy, &columns), batch).await?),
        false => None,
    };
    let archive = archive.as_ref();
    let after = &match archive {
        Some(archive) => progressing.moved(archive),
        None => progressing.removed(rows),
    };
    let upto = batch.chain.as_ref().map_or(0, |chain| chain.last);
    let removed = db
        .transact(cx, "audit.remove", |tx| async move {
            let conn = tx.conn();
            note(&tx, cx, after).await?;
            if let Some(archive) = archive {
                seal(&tx, cx, archive).await?;
            }
            let ids: Vec<_> = batch.ids.iter().map(|id| kernel::id::EventId(*id)).collect();
            let gone = log::Entity::delete_many().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids));
            let count = gone.exec(conn).await?.rows_affected;
            let held = first_held(conn).await?.is_some_and(|held| held <= upto);
            if count != batch.ids.len() as u64 || held {
                return Err(Error::Conflict { message: CHANGED.into(), retryable: false });
            }
            tx.emit(cx, &RowsRemoved { tenant: cx.tenant.id, count, upto });
            Ok(())
        })
        .await;
    match (removed, archive) {
        (Ok(()), _) => Ok((after.step(), rows)),
        (Err(error), Some(archive)) => Err(given_up(storage, archive, error).await?),
        (Err(error), None) => Err(error),
    }
}
