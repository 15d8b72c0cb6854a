//! The trail as lines of a file that proves itself: see [`crate::domain::lines`].

use std::{collections::HashMap, iter::Peekable, vec::IntoIter};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Db, Error, Result, crypto::hex, db::any_of};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{json, value::to_raw_value};
use std::borrow::Cow;

use crate::{
    domain::{
        hash::{GENESIS, Hashed},
        heads,
        lines::{Columns, FORMAT, KeyOfLine, LineType, RowLine, SignedLine, TrailLine, write_line},
    },
    policy::VIEW_AUDIT_LOG,
    queries::list::shown,
    store::{chain, checkpoint, head, log},
    usecases::checkpoint::last_before,
};

/// So many rows are read at a time.
const BATCH: u64 = 1_000;

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailPlace {
    /// The number before the first row.
    pub start: i64,
    /// The last number that was written.
    pub sequence: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The last number that is to be written.
    pub upto: i64,
    /// Whether the first line was written.
    pub begun: bool,
}

/// Some lines.
#[derive(Debug, Clone)]
pub struct TrailLines {
    /// They, each with its end.
    pub text: String,
    /// How many rows are among them.
    pub rows: usize,
    /// Where the next ones begin; none after the last.
    pub next: Option<TrailPlace>,
}

/// The part of the trail with the rows from one instant on and before another. It is a part without gaps: a row that was written
/// just after others that are younger may come with them.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_AUDIT_LOG`]; [`Error::Unavailable`].
pub async fn trail_between(
    conn: &Conn,
    cx: &Cx,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
) -> Result<TrailPlace> {
    cx.require(VIEW_AUDIT_LOG)?;
    let (asc, desc) = (chain::Entity::find(), chain::Entity::find());
    let Some(oldest) = asc.order_by_asc(chain::Column::Sequence).one(conn).await? else {
        return Ok(TrailPlace { start: 0, sequence: 0, hash: GENESIS.to_vec(), upto: 0, begun: false });
    };
    let newest = desc.order_by_desc(chain::Column::Sequence).one(conn).await?.map_or(0, |link| link.sequence);
    let start = match from {
        Some(from) => last_before(conn, from).await?.unwrap_or_default().max(oldest.sequence - 1),
        None => oldest.sequence - 1,
    };
    let upto = match until {
        Some(until) => last_before(conn, until).await?.unwrap_or_default(),
        None => newest,
    };
    let (start, hash) = match hash_at(conn, start).await? {
        Some(hash) => (start, hash),
        // The rows before are going: what is left begins behind the first of them.
        None => (oldest.sequence, oldest.hash),
    };
    Ok(TrailPlace { start, sequence: start, hash, upto: upto.max(start), begun: false })
}

impl TrailPlace {
    /// How many rows there are to write.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.upto - self.start).unwrap_or_default()
    }
}

/// The hash of the link with this number, also where its row has gone.
async fn hash_at(conn: &Conn, sequence: i64) -> Result<Option<Vec<u8>>> {
    if sequence == 0 {
        return Ok(Some(GENESIS.to_vec()));
    }
    if let Some(link) = chain::Entity::find_by_id(sequence).one(conn).await? {
        return Ok(Some(link.hash));
    }
    let signed = checkpoint::Entity::find().filter(checkpoint::Column::Sequence.eq(sequence)).one(conn).await?;
    Ok(signed.map(|signed| signed.hash))
}

/// What is signed in a part of the trail, in the order of its lines.
async fn seals(conn: &Conn, after: i64, upto: i64) -> Result<Peekable<IntoIter<SignedLine>>> {
    let line = |kind, sequence, hash: &[u8], at, key: String, signature: &[u8]| SignedLine {
        kind,
        day: None,
        rows: None,
        after: None,
        sequence,
        hash: hex(hash),
        at,
        key,
        signature: STANDARD.encode(signature),
    };
    let heads = head::Entity::find()
        .filter(head::Column::Sequence.gt(after))
        .filter(head::Column::Sequence.lte(upto))
        .order_by_asc(head::Column::Day)
        .all(conn)
        .await?;
    let checkpoints = checkpoint::Entity::find()
        .filter(checkpoint::Column::Sequence.gt(after))
        .filter(checkpoint::Column::Sequence.lte(upto))
        .order_by_asc(checkpoint::Column::At)
        .all(conn)
        .await?;
    let heads = heads.into_iter().map(|it| SignedLine {
        day: Some(it.day),
        rows: Some(it.rows),
        ..line(LineType::Head, it.sequence, &it.hash, it.at, it.key_id, &it.signature)
    });
    let checkpoints = checkpoints.into_iter().map(|it| SignedLine {
        rows: Some(it.rows),
        ..line(LineType::Checkpoint, it.sequence, &it.hash, it.at, it.key_id, &it.signature)
    });
    let mut all: Vec<_> = heads.chain(checkpoints).collect();
    // Those of one number stay in their order.
    all.sort_by_key(|line| line.sequence);
    Ok(all.into_iter().peekable())
}

fn add(text: &mut String, line: &impl serde::Serialize) -> Result<()> {
    write_line(text, line).map_err(Error::internal)
}

/// The next lines of an export; with `opened`, what is sealed in rows stands beside them as far as its keys are there.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_AUDIT_LOG`]; [`Error::Unavailable`].
pub async fn trail_lines(db: &Db, cx: &Cx, place: &TrailPlace, opened: bool) -> Result<TrailLines> {
    cx.require(VIEW_AUDIT_LOG)?;
    let conn = &db.reader(cx).await?;
    let mut text = String::with_capacity(256 << 10);
    let mut after = place.sequence;
    if !place.begun {
        let keys = db.keyring().public_keys();
        add(
            &mut text,
            &TrailLine {
                kind: LineType::Trail,
                format: FORMAT.to_owned(),
                tenant: cx.tenant.id.0,
                after: place.start,
                hash: hex(&place.hash),
                at: cx.now,
                keys: keys.map(|(id, key)| KeyOfLine { id, public_key: STANDARD.encode(key) }).collect(),
            },
        )?;
        // What signs the row before the first shows that the beginning is right.
        after -= 1;
    }
    let links = chain::Entity::find()
        .filter(chain::Column::Sequence.gt(place.sequence))
        .filter(chain::Column::Sequence.lte(place.upto))
        .order_by_asc(chain::Column::Sequence)
        .limit(BATCH)
        .all(conn)
        .await?;
    let upto = links.last().map_or(place.sequence, |link| link.sequence);
    let mut seals = seals(conn, after, upto).await?;
    while let Some(seal) = seals.next_if(|seal| seal.sequence <= place.sequence) {
        add(&mut text, &seal)?;
    }
    let ids: Vec<_> = links.iter().map(|link| link.audit_log_id).collect();
    let rows = match ids.is_empty() {
        true => Vec::new(),
        false => {
            log::Entity::find().filter(any_of(conn.get_database_backend(), log::Column::Id, &ids)).all(conn).await?
        }
    };
    let mut open: HashMap<_, _> = match opened {
        true => shown(db, cx, rows.clone()).await?.into_iter().map(|log| (log.row.id, log)).collect(),
        false => HashMap::new(),
    };
    let rows: HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
    for link in &links {
        // A row that is missing is missing in the file, which says so to whoever verifies it.
        if let Some(row) = rows.get(&link.audit_log_id) {
            let opened = open.remove(&row.id).map(|log| {
                let it = &log.row;
                let values = json!({
                    "actorEmail": it.actor_email, "address": it.address, "agent": it.agent, "oldValues": it.old_values,
                    "newValues": it.new_values, "details": it.details, "isErased": log.is_erased,
                });
                to_raw_value(&values)
            });
            add(
                &mut text,
                &RowLine {
                    kind: LineType::Row,
                    sequence: link.sequence,
                    hash: Cow::Owned(hex(&link.hash)),
                    row: Columns::of(Hashed::of(row)).map_err(Error::internal)?,
                    opened: opened.transpose().map_err(Error::internal)?.map(Cow::Owned),
                },
            )?;
        }
        while let Some(seal) = seals.next_if(|seal| seal.sequence <= link.sequence) {
            add(&mut text, &seal)?;
        }
    }
    let (sequence, hash) =
        links.last().map_or((place.sequence, place.hash.clone()), |link| (link.sequence, link.hash.clone()));
    let done = sequence >= place.upto || links.is_empty();
    if done {
        let signed = heads::export_end(cx.tenant.id, place.start, sequence, cx.now, &hash);
        let (key, signature) = db.keyring().sign(&signed)?;
        add(
            &mut text,
            &SignedLine {
                kind: LineType::End,
                day: None,
                rows: None,
                after: Some(place.start),
                sequence,
                hash: hex(&hash),
                at: cx.now,
                key,
                signature: STANDARD.encode(signature),
            },
        )?;
    }
    let next = (!done).then(|| TrailPlace { sequence, hash, begun: true, ..place.clone() });
    Ok(TrailLines { text, rows: links.len(), next })
}
