//! Proving that nothing was changed.

use std::collections::HashMap;

use kernel::{Conn, Result, db::any_of, events::Outbox, id::EventId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use crate::{
    domain::hash::{GENESIS, link},
    store::{chain, log},
};

/// An unbroken chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last number; equals the number of rows.
    pub sequence: i64,
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

/// Reads the whole chain and compares it with its rows and with `head`, the number and hash where it should end.
pub async fn verify(conn: &Conn, head: &(i64, Vec<u8>)) -> Result<Result<Verified, Broken>, kernel::Error> {
    let mut before = GENESIS.to_vec();
    let mut sequence = 0;
    loop {
        let links = chain::Entity::find()
            .filter(chain::Column::Sequence.gt(sequence))
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
        }
    }
    // The head is read first and may have moved on meanwhile; it never moves back.
    if sequence < head.0 || sequence == head.0 && before != head.1 {
        return Ok(Err(Broken {
            sequence: sequence + 1,
            audit_log: None,
            reason: "the chain ends before its recorded head",
        }));
    }
    let rows = log::Entity::find().count(conn).await?;
    let linked = sequence.unsigned_abs();
    if rows < linked {
        return Ok(Err(Broken { sequence, audit_log: None, reason: "there are more links than audit rows" }));
    }
    // A row that waits for its link has an event that waits for its number; one without was put there by somebody else.
    let unlinked: Vec<EventId> = log::Entity::find()
        .select_only()
        .column(log::Column::Id)
        .filter(
            log::Column::Id
                .not_in_subquery(chain::Entity::find().select_only().column(chain::Column::AuditLogId).into_query()),
        )
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
    Ok(Ok(Verified { sequence, hash: kernel::crypto::hex(&before), unsealed: rows - linked }))
}
