//! Archives: which there are, and what is in one.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use kernel::{
    Conn, Cx, Error, Result,
    crypto::sha256,
    files::Storage,
    id::ArchiveId,
    record::{Field, Record},
};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    domain::archives::{Written, check_chain, unpacked},
    policy::VIEW_RETENTION,
    store::retention::archive::{Column, Entity, Model},
};

/// By the table that its rows were of.
pub const ARCHIVES_BY_TABLE: Field<Column> = Field::new("table", &[Column::SourceTable]);
/// By when it was made.
pub const ARCHIVES_BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// How many archives one reading goes through at a time.
const BATCH: u64 = 100;

impl Record for Entity {
    type Id = ArchiveId;
    type Row = Model;
    const WHAT: &'static str = "Archive";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_RETENTION)
    }

    /// Those whose rows are there and nowhere else, or were.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_RETENTION).then(|| Condition::all().add(Column::SealedAt.is_not_null()))
    }
}

/// Archives that can be read: the one under a key, or those of a table with rows of between two instants; oldest first.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn archives_to_read(
    conn: &Conn,
    key: Option<&str>,
    table: Option<&str>,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Vec<Model>> {
    let mut which = Condition::all().add(Column::SealedAt.is_not_null()).add(Column::RemovedAt.is_null());
    which = which.add_option(key.map(|key| Column::StorageKey.eq(key)));
    which = which.add_option(table.map(|table| Column::SourceTable.eq(table)));
    which = which.add_option(from.map(|from| Column::LastAt.gte(from)));
    which = which.add_option(to.map(|to| Column::FirstAt.lt(to)));
    let mut found: Vec<Model> = Vec::new();
    loop {
        let some = Entity::find()
            .filter(which.clone())
            .order_by_asc(Column::FirstAt)
            .order_by_asc(Column::Id)
            .offset(found.len() as u64)
            .limit(BATCH)
            .all(conn)
            .await?;
        let last = (some.len() as u64) < BATCH;
        found.extend(some);
        if last {
            return Ok(found);
        }
    }
}

/// The bytes under a key, which are so many and have this checksum.
pub(crate) async fn bytes_of(storage: &dyn Storage, key: &str, bytes: i64, sum: &[u8]) -> Result<Vec<u8>> {
    let wrong = || Error::internal(format!("the archive {key} is not what was written: its checksum is another"));
    let content = match storage.read(key, 0..bytes.unsigned_abs()).await {
        Err(Error::NotFound { .. }) => return Err(Error::internal(format!("the archive {key} is not there"))),
        found => found?,
    };
    let object = content.try_fold(Vec::new(), |mut all, bytes| async move {
        all.extend_from_slice(&bytes);
        Ok(all)
    });
    let object = object.await?;
    if object.len() as u64 != bytes.unsigned_abs() || sha256(&object).as_slice() != sum {
        return Err(wrong());
    }
    Ok(object)
}

/// What the object beside an archive says of it.
///
/// # Errors
/// [`Error::Internal`] with the key of an archive that is not what was written; [`Error::Unavailable`] where the storage is away.
pub(crate) async fn manifest_of(storage: &dyn Storage, archive: &Model) -> Result<Written> {
    let manifest = bytes_of(storage, &archive.manifest_key(), archive.manifest_bytes, &archive.manifest_sha256).await?;
    serde_json::from_slice(&manifest).map_err(|error| {
        Error::internal(format!("the archive {} is not what was written: {error}", archive.storage_key))
    })
}

/// The rows of an archive, one line of JSON each, in the order in which they went; whatever does not fit its checksums, its count or,
/// of the audit trail, its chain is refused with its name.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Internal`] with the key of an archive that is not what was written; [`Error::Unavailable`] where the storage is away.
pub async fn archived_rows(storage: &dyn Storage, archive: &Model) -> Result<Vec<String>> {
    let key = &archive.storage_key;
    let named = |why: String| Error::internal(format!("the archive {key} is not what was written: {why}"));
    let object = bytes_of(storage, key, archive.bytes, &archive.sha256).await?;
    let written = manifest_of(storage, archive).await?;
    let rows = archive.row_count;
    // Thousands of rows take a while, in which others would wait.
    let read = tokio::task::spawn_blocking(move || {
        let lines = unpacked(&object).map_err(|why| why.to_string())?;
        if lines.len() as i64 != i64::from(rows) || written.rows != rows {
            return Err("it has another number of rows".into());
        }
        match &written.chain {
            Some(chain) => check_chain(chain, &lines).map(|()| lines),
            None => Ok(lines),
        }
    });
    read.await.map_err(Error::internal)?.map_err(named)
}
