//! The trail is signed up to a place, and its rows up to there may go.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Error, Result, Tx,
    crypto::Keyring,
    db::{Emit, any_of},
    events::{Event, Resource, Severity},
    id::{EventId, TenantId},
};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::{
    queries::{
        retention::due::{all_old, first_held},
        verify::{Checkpoint, links_up_to, newest},
    },
    store::{chain, checkpoint, log},
};

/// The trail was found whole up to a place, which was signed.
#[derive(Debug, Clone, Serialize)]
pub struct CheckpointMade {
    /// Whose trail.
    pub tenant: TenantId,
    /// The last number before it.
    pub sequence: i64,
}

impl Event for CheckpointMade {
    const KIND: &'static str = "audit.checkpoint_created";
    const TOPIC: &'static str = "audit";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "sequence": self.sequence }))
    }
}

/// Rows behind a checkpoint were removed.
#[derive(Debug, Clone, Serialize)]
pub struct RowsRemoved {
    /// Whose trail.
    pub tenant: TenantId,
    /// How many.
    pub count: u64,
    /// The number of the last.
    pub upto: i64,
}

impl Event for RowsRemoved {
    const KIND: &'static str = "audit.rows_removed";
    const TOPIC: &'static str = "audit";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "count": self.count, "upTo": self.upto }))
    }
}

/// Signs the trail up to the last row before the first that is not older than `before`; `None` where there is nothing new to
/// sign. What lies between the newest checkpoint and there is proved first.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Internal`] for a trail that is not whole: then nothing is signed.
pub async fn make_checkpoint(tx: &Tx, cx: &Cx, keyring: &Keyring, before: DateTime<Utc>) -> Result<Option<Checkpoint>> {
    make_checkpoint_upto(tx, cx, keyring, before, i64::MAX, None).await
}

/// The same, `most` rows further than the newest checkpoint at the most, and not beyond `upto`.
///
/// # Errors
/// As [`make_checkpoint`].
pub async fn make_checkpoint_upto(
    tx: &Tx,
    cx: &Cx,
    keyring: &Keyring,
    before: DateTime<Utc>,
    most: i64,
    upto: Option<i64>,
) -> Result<Option<Checkpoint>> {
    let conn = tx.conn();
    let from = match newest(conn).await? {
        Some(row) => Checkpoint::read(cx, keyring, row).map_err(Error::internal)?,
        None => Checkpoint::beginning(),
    };
    let last = last_before(conn, before).await?;
    let last = last.map(|last| last.min(from.sequence.saturating_add(most)).min(upto.unwrap_or(i64::MAX)));
    let Some(last) = last.filter(|last| *last > from.sequence) else {
        return Ok(None);
    };
    let sequence = all_old(conn, before, from.sequence, last).await?;
    if sequence <= from.sequence {
        return Ok(None);
    }
    let hash = links_up_to(conn, &from, Some(sequence)).await?.map_err(|broken| {
        Error::internal(format!("the trail is broken at sequence {}: {}", broken.sequence, broken.reason))
    })?;
    let made = Checkpoint { sequence, hash: hash.1, rows: sequence };
    sign(tx, cx, keyring, &made).await?;
    tx.emit(cx, &CheckpointMade { tenant: cx.tenant.id, sequence });
    Ok(Some(made))
}

/// Signs the newest checkpoint anew where another key than the newest signed it; returns whether it did.
///
/// # Errors
/// [`Error::Internal`] where its key is not given.
pub async fn sign_anew(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<bool> {
    let Some(row) = newest(tx.conn()).await? else { return Ok(false) };
    if keyring.ids().next().as_deref() == Some(row.key_id.as_str()) {
        return Ok(false);
    }
    let known = Checkpoint::read(cx, keyring, row).map_err(Error::internal)?;
    sign(tx, cx, keyring, &known).await?;
    tx.emit(cx, &CheckpointMade { tenant: cx.tenant.id, sequence: known.sequence });
    Ok(true)
}

async fn sign(tx: &Tx, cx: &Cx, keyring: &Keyring, made: &Checkpoint) -> Result<()> {
    let (key_id, signature) = keyring.sign(&made.signed(cx, cx.now))?;
    let row = checkpoint::ActiveModel {
        id: Set(cx.new_id()),
        sequence: Set(made.sequence),
        hash: Set(made.hash.clone()),
        rows: Set(made.rows),
        at: Set(cx.now),
        key_id: Set(key_id),
        signature: Set(signature),
    };
    checkpoint::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The number of the last link before the first row that is not older than `before`.
pub(crate) async fn last_before(conn: &Conn, before: DateTime<Utc>) -> Result<Option<i64>> {
    let young = log::Entity::find()
        .select_only()
        .column(log::Column::Id)
        .filter(log::Column::At.gte(before))
        .order_by_asc(log::Column::At)
        .order_by_asc(log::Column::Id)
        .limit(100);
    let young: Vec<EventId> = young.into_tuple().all(conn).await?;
    let first = chain::Entity::find()
        .filter(any_of(conn.get_database_backend(), chain::Column::AuditLogId, &young))
        .order_by_asc(chain::Column::Sequence)
        .one(conn);
    if !young.is_empty()
        && let Some(first) = first.await?
    {
        return Ok(Some(first.sequence - 1));
    }
    let last = chain::Entity::find().order_by_desc(chain::Column::Sequence).one(conn).await?;
    Ok(last.map(|last| last.sequence))
}

/// How many rows one removal takes at the most.
pub const REMOVED: u64 = 500;

/// Removes the oldest rows behind the newest checkpoint, [`REMOVED`] at the most and none that is held or behind one; returns how
/// many. Whoever wants more asks again. The database lets nothing else go.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Internal`] for a checkpoint that is not signed by a key of this database: then nothing goes.
pub async fn remove_behind_checkpoint(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<u64> {
    let conn = tx.conn();
    let Some(row) = newest(conn).await? else { return Ok(0) };
    let known = Checkpoint::read(cx, keyring, row).map_err(Error::internal)?;
    // What is held keeps what came after it.
    let held = first_held(conn).await?.unwrap_or(i64::MAX);
    let oldest: Vec<(i64, EventId)> = chain::Entity::find()
        .select_only()
        .columns([chain::Column::Sequence, chain::Column::AuditLogId])
        .filter(chain::Column::Sequence.lte(known.sequence))
        .filter(chain::Column::Sequence.lt(held))
        .order_by_asc(chain::Column::Sequence)
        .limit(REMOVED)
        .into_tuple()
        .all(conn)
        .await?;
    let Some((upto, _)) = oldest.last().copied() else { return Ok(0) };
    let ids: Vec<_> = oldest.into_iter().map(|(_, id)| id).collect();
    let gone = log::Entity::delete_many().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids));
    let count = gone.exec(conn).await?.rows_affected;
    tx.emit(cx, &RowsRemoved { tenant: cx.tenant.id, count, upto });
    Ok(count)
}
