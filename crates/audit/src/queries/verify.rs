//! Proving that nothing was changed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Conn, Cx, Result, crypto::Keyring, db::any_of, events::Outbox, id::EventId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use tokio::task::coop::consume_budget;

use crate::{
    domain::{
        hash::{GENESIS, link},
        heads,
    },
    store::{chain, checkpoint, head, log},
};

/// An unbroken chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last number; equals the number of rows that there have been.
    pub sequence: i64,
    /// The last number before the place that was begun at: a checkpoint's, else 0.
    pub from: i64,
    /// The hash of the end, in hexadecimal. Keep it elsewhere to prove later that nothing was cut off.
    pub hash: String,
    /// Audit rows that are committed and not yet linked.
    pub unsealed: u64,
}

/// The first link that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub sequence: i64,
    /// The audit row that the link names, if there is a link.
    pub audit_log: Option<EventId>,
    /// What is wrong.
    pub reason: &'static str,
}

const BATCH: u64 = 1000;

/// A place up to which the trail was whole when it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last number before it.
    pub sequence: i64,
    /// The hash of that link.
    pub hash: Vec<u8>,
    /// How many rows there have been up to there.
    pub rows: i64,
}

impl Checkpoint {
    /// The place before the first row.
    pub(crate) fn beginning() -> Self {
        Self { sequence: 0, hash: GENESIS.to_vec(), rows: 0 }
    }

    /// A stored checkpoint, if a key of this database signed it.
    pub(crate) fn read(cx: &Cx, keyring: &Keyring, row: checkpoint::Model) -> Result<Self, &'static str> {
        let read = Self { sequence: row.sequence, hash: row.hash, rows: row.rows };
        match keyring.verifies(&row.key_id, &read.signed(cx, row.at), &row.signature) {
            Some(true) => Ok(read),
            Some(false) => Err("the checkpoint was altered, or is not ours"),
            None => Err("the checkpoint is signed by a key that is not given"),
        }
    }

    /// What is signed of it.
    pub(crate) fn signed(&self, cx: &Cx, at: DateTime<Utc>) -> Vec<u8> {
        heads::checkpoint(cx.tenant.id, self.sequence, self.rows, at, &self.hash)
    }
}

/// The newest checkpoint.
pub(crate) async fn newest(conn: &Conn) -> Result<Option<checkpoint::Model>> {
    let newest = checkpoint::Entity::find()
        .order_by_desc(checkpoint::Column::Sequence)
        .order_by_desc(checkpoint::Column::At)
        .order_by_desc(checkpoint::Column::Id);
    Ok(newest.one(conn).await?)
}

/// The short id of the key that signed the newest checkpoint.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn checkpoint_key(conn: &Conn) -> Result<Option<String>> {
    Ok(newest(conn).await?.map(|row| row.key_id))
}

/// Reads the links behind `from` with their rows, up to the number `upto` or to the end; returns the last number and its hash, or
/// the first link that does not fit.
pub(crate) async fn links_up_to(
    conn: &Conn,
    from: &Checkpoint,
    upto: Option<i64>,
) -> Result<Result<(i64, Vec<u8>), Broken>> {
    let (mut sequence, mut before) = (from.sequence, from.hash.clone());
    let upto = upto.unwrap_or(i64::MAX);
    while sequence < upto {
        let links = chain::Entity::find()
            .filter(chain::Column::Sequence.gt(sequence))
            .filter(chain::Column::Sequence.lte(upto))
            .order_by_asc(chain::Column::Sequence)
            .limit(BATCH)
            .all(conn)
            .await?;
        if links.is_empty() {
            break;
        }
        let ids: Vec<_> = links.iter().map(|link| link.audit_log_id).collect();
        let rows =
            log::Entity::find().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids)).all(conn).await?;
        let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        for found in links {
            sequence += 1;
            let broken = |reason| Ok(Err(Broken { sequence, audit_log: Some(found.audit_log_id), reason }));
            if found.sequence != sequence {
                return Ok(Err(Broken { sequence, audit_log: None, reason: "the link with this number is missing" }));
            }
            let Some(row) = rows.get(&found.audit_log_id) else {
                return broken("the audit row is missing");
            };
            let hash = link(&before, sequence, row);
            if hash != found.hash {
                return broken("the audit row or its link was altered");
            }
            before = hash;
            // Others have their turn between.
            consume_budget().await;
        }
    }
    Ok(Ok((sequence, before)))
}

/// Where to begin: at the newest checkpoint; with `all` at the oldest link that is there, whose own hash is believed where what
/// was before it has gone. Second, a number at which the hash must be this checkpoint's.
async fn start(
    conn: &Conn,
    cx: &Cx,
    keyring: &Keyring,
    all: bool,
) -> Result<Result<(Checkpoint, Option<Checkpoint>), Broken>> {
    let Some(row) = newest(conn).await? else { return Ok(Ok((Checkpoint::beginning(), None))) };
    let sequence = row.sequence;
    let known = match Checkpoint::read(cx, keyring, row) {
        Ok(known) => known,
        Err(reason) => return Ok(Err(Broken { sequence, audit_log: None, reason })),
    };
    let oldest = chain::Entity::find().order_by_asc(chain::Column::Sequence).one(conn).await?;
    Ok(Ok(match oldest.filter(|oldest| all && oldest.sequence <= known.sequence) {
        None => (known, None),
        Some(oldest) if oldest.sequence == 1 => (Checkpoint::beginning(), Some(known)),
        Some(oldest) => {
            (Checkpoint { sequence: oldest.sequence, hash: oldest.hash, rows: oldest.sequence }, Some(known))
        }
    }))
}

/// Reads the chain from its newest checkpoint on, or `all` that is there, and compares it with its rows and with `head`, the number
/// and hash where it should end.
pub async fn verify(
    conn: &Conn,
    cx: &Cx,
    keyring: &Keyring,
    head: &(i64, Vec<u8>),
    all: bool,
) -> Result<Result<Verified, Broken>, kernel::Error> {
    let (mut from, through) = match start(conn, cx, keyring, all).await? {
        Ok(start) => start,
        Err(broken) => return Ok(Err(broken)),
    };
    let first = from.sequence;
    if let Some(through) = through {
        match links_up_to(conn, &from, Some(through.sequence)).await? {
            Err(broken) => return Ok(Err(broken)),
            Ok((sequence, hash)) if sequence != through.sequence || hash != through.hash => {
                let reason = "the chain does not lead to its checkpoint";
                return Ok(Err(Broken { sequence, audit_log: None, reason }));
            }
            Ok(_) => from = through,
        }
    }
    let (sequence, before) = match links_up_to(conn, &from, None).await? {
        Ok(end) => end,
        Err(broken) => return Ok(Err(broken)),
    };
    // The head is read first and may have moved on meanwhile; it never moves back.
    if sequence < head.0 || sequence == head.0 && before != head.1 {
        return Ok(Err(Broken {
            sequence: sequence + 1,
            audit_log: None,
            reason: "the chain ends before its recorded head",
        }));
    }
    if let Some(broken) = wrong_head(conn, cx, keyring).await? {
        return Ok(Err(broken));
    }
    let rows = log::Entity::find().count(conn).await?;
    let linked = chain::Entity::find().count(conn).await?;
    if rows < linked {
        return Ok(Err(Broken { sequence, audit_log: None, reason: "there are more links than audit rows" }));
    }
    // A row that waits for its link has an event that waits for its number; one without was put there by somebody else.
    // Not `NOT IN`: what is long would be gone through once for each row.
    let link = chain::Entity::find()
        .select_only()
        .column(chain::Column::AuditLogId)
        .filter(Expr::col(chain::Column::AuditLogId.as_column_ref()).equals(log::Column::Id.as_column_ref()));
    let unlinked: Vec<EventId> = log::Entity::find()
        .select_only()
        .column(log::Column::Id)
        .filter(Expr::exists(link.into_query()).not())
        .order_by_asc(log::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    for ids in unlinked.chunks(500) {
        let known = Outbox::known(conn, ids).await?;
        if let Some(forged) = ids.iter().find(|id| !known.contains(id)) {
            let reason = "the audit row was inserted: it has neither a link nor an event";
            return Ok(Err(Broken { sequence: sequence + 1, audit_log: Some(*forged), reason }));
        }
    }
    Ok(Ok(Verified { sequence, from: first, hash: kernel::crypto::hex(&before), unsealed: rows - linked }))
}

/// The first head of a day that was altered, or that other rows lead to; those of keys that are not given any more are compared with
/// the chain only.
async fn wrong_head(conn: &Conn, cx: &Cx, keyring: &Keyring) -> Result<Option<Broken>> {
    let mut after: Option<NaiveDate> = None;
    loop {
        let found = head::Entity::find()
            .filter(Condition::all().add_option(after.map(|after| head::Column::Day.gt(after))))
            .order_by_asc(head::Column::Day)
            .limit(BATCH)
            .all(conn)
            .await?;
        let Some(last) = found.last() else { return Ok(None) };
        after = Some(last.day);
        let sequences: Vec<_> = found.iter().map(|head| head.sequence).collect();
        let links = chain::Entity::find()
            .filter(chain::Column::Sequence.is_in(sequences))
            .all(conn)
            .await?
            .into_iter()
            .map(|link| (link.sequence, link.hash))
            .collect::<HashMap<_, _>>();
        for head in found {
            let bytes = heads::head(cx.tenant.id, head.day, head.sequence, head.rows, head.at, &head.hash);
            let reason = match keyring.verifies(&head.key_id, &bytes, &head.signature) {
                Some(false) => "the head of a day was altered, or is not ours",
                _ if links.get(&head.sequence).is_some_and(|hash| *hash != head.hash) => {
                    "the chain does not lead to the head of its day"
                }
                _ => continue,
            };
            return Ok(Some(Broken { sequence: head.sequence, audit_log: None, reason }));
        }
    }
}
