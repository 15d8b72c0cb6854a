//! Old messages are moved out of the database into the file storage.
//!
//! One object holds messages of one month, as lines of JSON, compressed. It is noted before it is written, read back and compared
//! after, and only then its messages are removed here, those alone that are still as they were written there. A process that dies
//! on the way leaves an object that is not sealed, whose messages are all still here; the next one removes it and begins anew.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
};

use chrono::{DateTime, TimeDelta, Utc};
use flate2::{Compression, write::GzEncoder};
use futures_util::TryStreamExt;
use kernel::{
    Cx, Db, Error, Result, Tx,
    crypto::{hex, sha256},
    db::{Emit, any_of, any_uuid_of},
    events::{Event, Resource},
    files::{Storage, whole},
    id::{ConversationId, ConversationMessageId},
};
use sea_orm::{
    ActiveValue::Set,
    Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{ExprTrait, LockType},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::conversations::months::Month,
    store::conversations::{archive, archive_part, message},
};

/// How many messages are in one object at the most.
pub const BATCH: u64 = 2_000;
/// How many bytes of text are.
const TEXT: usize = 8 * 1024 * 1024;
/// How long nobody else touches what somebody has begun.
const BEGUN: TimeDelta = TimeDelta::hours(1);

/// Messages went into an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConversationMessagesArchived {
    /// The archive.
    pub archive: Uuid,
    /// The month that they were written in.
    pub month: DateTime<Utc>,
    /// Which of that month's it is.
    pub batch: i32,
    /// How many they are.
    pub messages: i32,
    /// The SHA-256 of the object, in hexadecimal.
    pub sha256: String,
}

impl Event for ConversationMessagesArchived {
    const KIND: &'static str = "conversation.messages_archived";
    const TOPIC: &'static str = "conversation_archives";
    fn resource(&self) -> Resource {
        Resource { kind: "ConversationArchive", id: self.archive }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let Self { month, batch, messages, sha256, .. } = self;
        (None, Some(json!({ "month": month, "batch": batch, "messages": messages, "sha256": sha256 })))
    }
}

/// Moves one object's worth of messages that were written before `before`, but for those of conversations that are `held`; returns how
/// many, 0 where there are no more.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away; then nothing is lost, and the next one begins anew.
pub async fn archive_messages(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    before: DateTime<Utc>,
    held: &[Uuid],
) -> Result<u64> {
    if !clear_away(db, storage, cx).await? {
        return Ok(0);
    }
    let Some(rows) = oldest(db, cx, before, held).await? else { return Ok(0) };
    let object = packed(&rows)?;
    let archive = begin(db, cx, &rows, &object).await?;
    storage.put(&archive.storage_key, whole(object.clone())).await?;
    // What was acknowledged may still be something else.
    let stored = read(storage, &archive).await?;
    if unpacked(&stored)? != rows {
        return Err(Error::internal("an archive does not hold what was written"));
    }
    seal(db, cx, &archive, &rows).await?;
    Ok(rows.len() as u64)
}

/// Removes what a process that died has begun; says whether somebody else may begin now.
async fn clear_away(db: &Db, storage: &dyn Storage, cx: &Cx) -> Result<bool> {
    let begun = archive::Entity::find().filter(archive::Column::SealedAt.is_null());
    for archive in begun.all(&db.reader(cx).await?).await? {
        if archive.created_at > cx.now - BEGUN {
            return Ok(false);
        }
        storage.remove(&archive.storage_key).await?;
        let id = archive.id;
        db.transact(cx, "conversations.archive", |tx| async move {
            let gone = archive::Entity::delete_many().filter(archive::Column::Id.eq(id));
            gone.filter(archive::Column::SealedAt.is_null()).exec(tx.conn()).await?;
            Ok(())
        })
        .await?;
    }
    Ok(true)
}

/// The oldest messages, of one month.
async fn oldest(db: &Db, cx: &Cx, before: DateTime<Utc>, held: &[Uuid]) -> Result<Option<Vec<message::Model>>> {
    let theirs = |held: &[Uuid]| any_uuid_of(db.backend(), message::Column::ConversationId, held.to_vec()).not();
    let rows = message::Entity::find()
        .filter(message::Column::ReceivedAt.lt(before))
        .filter(Condition::all().add_option((!held.is_empty()).then(|| theirs(held))))
        .order_by_asc(message::Column::ReceivedAt)
        .order_by_asc(message::Column::Id)
        .limit(BATCH)
        .all(&db.reader(cx).await?)
        .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (month, mut text) = (Month::of(first.received_at), 0);
    let fits = |row: &message::Model| {
        text += row.content.len();
        Month::of(row.received_at) == month && (text <= TEXT || text == row.content.len())
    };
    Ok(Some(rows.into_iter().take_while(fits).collect()))
}

/// As they are in the object.
pub(crate) fn packed(rows: &[message::Model]) -> Result<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::default());
    for row in rows {
        serde_json::to_writer(&mut packing, row).map_err(Error::internal)?;
        packing.write_all(b"\n").map_err(Error::internal)?;
    }
    packing.finish().map_err(Error::internal)
}

/// The messages in an object.
pub(crate) fn unpacked(object: &[u8]) -> Result<Vec<message::Model>> {
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(object)).map_err(Error::internal)?;
    text.lines().map(|line| serde_json::from_str(line).map_err(Error::internal)).collect()
}

/// The bytes of an object, which are those that were written.
pub(crate) async fn read(storage: &dyn Storage, archive: &archive::Model) -> Result<Vec<u8>> {
    let content = storage.read(&archive.storage_key, 0..archive.bytes.unsigned_abs()).await?;
    let object = content.try_fold(Vec::new(), |mut all, bytes| async move {
        all.extend_from_slice(&bytes);
        Ok(all)
    });
    let object = object.await?;
    if sha256(&object).as_slice() != archive.sha256 {
        return Err(Error::internal(format!("the archive {} is not what was written", archive.id)));
    }
    Ok(object)
}

fn number(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

async fn begin(db: &Db, cx: &Cx, rows: &[message::Model], object: &[u8]) -> Result<archive::Model> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Err(Error::internal("nothing to keep")) };
    let (month, id): (_, Uuid) = (Month::of(first.received_at), cx.new_id::<ConversationMessageId>().0);
    let new = &archive::Model {
        id,
        month: month.first(),
        batch: 0,
        storage_key: format!("{}/conversations/{}/{}", cx.tenant.id, month.word(), id.simple()),
        messages: number(rows.len()),
        first_at: first.received_at,
        last_at: last.received_at,
        bytes: i64::try_from(object.len()).unwrap_or(i64::MAX),
        sha256: sha256(object).to_vec(),
        created_at: cx.now,
        sealed_at: None,
    };
    let batch = db.transact(cx, "conversations.archive", |tx| async move {
        let of_month = archive::Entity::find().select_only().column_as(archive::Column::Batch.max(), "batch");
        let of_month = of_month.filter(archive::Column::Month.eq(new.month));
        let batch = of_month.into_tuple::<Option<i32>>().one(tx.conn()).await?.flatten().unwrap_or_default() + 1;
        let row = archive::Model { batch, ..new.clone() };
        // Of two who begin at a time one finds the number taken.
        archive::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
        Ok(batch)
    });
    Ok(archive::Model { batch: batch.await?, ..new.clone() })
}

/// Removes the messages from the database, all of them or none.
async fn seal(db: &Db, cx: &Cx, archive: &archive::Model, rows: &[message::Model]) -> Result<()> {
    db.transact(cx, "conversations.archive", |tx| async move { seal_in(&tx, cx, archive, rows).await }).await
}

async fn seal_in(tx: &Tx, cx: &Cx, archive: &archive::Model, rows: &[message::Model]) -> Result<()> {
    let conn = tx.conn();
    let mut conversations: BTreeMap<ConversationId, i32> = BTreeMap::new();
    let written: HashMap<_, _> = rows.iter().map(|row| (row.id, (row.edited_at, row.deleted_at))).collect();
    rows.iter().for_each(|row| *conversations.entry(row.conversation_id).or_default() += 1);
    let mut ids: Vec<_> = written.keys().copied().collect();
    ids.sort_unstable();
    let these = || {
        let within = message::Column::ReceivedAt.between(archive.first_at, archive.last_at);
        any_of(conn.get_database_backend(), message::Column::Id, &ids).and(within)
    };
    let columns = [message::Column::Id, message::Column::EditedAt, message::Column::DeletedAt];
    let here = message::Entity::find().select_only().columns(columns).filter(these());
    // In the order of their ids, as every writer of several takes them.
    let here = here.order_by_asc(message::Column::Id).lock(LockType::Update);
    type Here = (ConversationMessageId, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let here: Vec<Here> = here.into_tuple().all(conn).await?;
    let same = |(id, edited, deleted): &Here| written.get(id) == Some(&(*edited, *deleted));
    if here.len() != rows.len() || !here.iter().all(same) {
        // Somebody changed one meanwhile, or archived it.
        return Err(Error::lost_race("ConversationArchive"));
    }
    message::Entity::delete_many().filter(these()).exec(conn).await?;
    let parts = conversations.iter().map(|(conversation, messages)| archive_part::ActiveModel {
        conversation_id: Set(*conversation),
        archive_id: Set(archive.id),
        messages: Set(*messages),
    });
    archive_part::Entity::insert_many(parts).exec_without_returning(conn).await?;
    let sealed = archive::Entity::update_many()
        .col_expr(archive::Column::SealedAt, Expr::value(Some(cx.now)))
        .filter(archive::Column::Id.eq(archive.id))
        .filter(archive::Column::SealedAt.is_null())
        .exec(conn)
        .await?;
    if sealed.rows_affected != 1 {
        return Err(Error::lost_race("ConversationArchive"));
    }
    tx.emit(
        cx,
        &ConversationMessagesArchived {
            archive: archive.id,
            month: archive.month,
            batch: archive.batch,
            messages: archive.messages,
            sha256: hex(&archive.sha256),
        },
    );
    Ok(())
}
