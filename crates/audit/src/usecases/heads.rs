//! The end of the trail of each day is signed.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use kernel::{
    Cx, Error, Result, Tx,
    crypto::Keyring,
    db::Emit,
    events::{Event, Resource},
    id::TenantId,
};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::checkpoint::last_before;
use crate::{
    domain::heads,
    queries::{
        heads::newest_head,
        verify::{Checkpoint, links_up_to, newest},
    },
    store::head,
};

/// The end of a day was signed.
#[derive(Debug, Clone, Serialize)]
pub struct HeadSigned {
    /// Whose trail.
    pub tenant: TenantId,
    /// The day.
    pub day: NaiveDate,
    /// The last number of the day.
    pub sequence: i64,
}

impl Event for HeadSigned {
    const KIND: &'static str = "audit.head_signed";
    const TOPIC: &'static str = "audit";
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "day": self.day, "sequence": self.sequence }))
    }
}

/// Signs the end of the last day that is over, in UTC, where nobody has; what came since the head before is proved first. Days on
/// which nothing ran have no head: the next one covers them. Says whether it signed one.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Internal`] for a trail that is not whole: then nothing is signed.
pub async fn sign_day(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<bool> {
    let conn = tx.conn();
    let Some(day) = cx.now.date_naive().pred_opt() else { return Ok(false) };
    let last = newest_head(conn).await?;
    if last.as_ref().is_some_and(|last| last.day >= day) {
        return Ok(false);
    }
    let over: DateTime<Utc> = (day + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc();
    let Some(sequence) = last_before(conn, over).await?.filter(|sequence| *sequence > 0) else { return Ok(false) };
    let before = last.as_ref().map_or(0, |last| last.sequence);
    let mut from = Checkpoint::beginning();
    if let Some(last) = last {
        let known = Checkpoint { sequence: last.sequence, hash: last.hash, rows: last.sequence };
        let signed = heads::head(cx.tenant.id, last.day, last.sequence, last.rows, last.at, &known.hash);
        // What a key signed that is not given any more cannot be changed either: the database refuses it.
        if keyring.verifies(&last.key_id, &signed, &last.signature) == Some(false) {
            return Err(Error::internal("the head of a day was altered, or is not ours"));
        }
        from = known;
    }
    if let Some(row) = newest(conn).await?
        && row.sequence > from.sequence
    {
        from = Checkpoint::read(cx, keyring, row).map_err(Error::internal)?;
    }
    if from.sequence > sequence {
        // It was signed by a checkpoint, and the rows of the day may have gone.
        return Ok(false);
    }
    let (_, hash) = links_up_to(conn, &from, Some(sequence)).await?.map_err(|broken| {
        Error::internal(format!("the trail is broken at sequence {}: {}", broken.sequence, broken.reason))
    })?;
    let (rows, at) = (sequence - before, cx.now);
    let (key_id, signature) = keyring.sign(&heads::head(cx.tenant.id, day, sequence, rows, at, &hash))?;
    let row = head::ActiveModel {
        id: Set(cx.new_id()),
        day: Set(day),
        sequence: Set(sequence),
        hash: Set(hash),
        rows: Set(rows),
        at: Set(at),
        key_id: Set(key_id),
        signature: Set(signature),
    };
    // Another process may do the same; a day has one head.
    let one = OnConflict::column(head::Column::Day).do_nothing().to_owned();
    let written = head::Entity::insert(row).on_conflict(one).exec_without_returning(conn).await?;
    if written == 1 {
        tx.emit(cx, &HeadSigned { tenant: cx.tenant.id, day, sequence });
    }
    Ok(written == 1)
}
