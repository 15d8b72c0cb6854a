//! One object: noted, written, read back, and sealed with the removal of its rows.

use kernel::{
    Cx, Db, Error, Result, Tx,
    crypto::{hex, sha256},
    db::{Emit, rows::ColumnOf},
    files::{Storage, whole},
    id::ArchiveId,
    record::Record,
    retention::Policy,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, entity::prelude::*};
use tokio::task::coop::consume_budget;

use crate::{
    domain::{
        archives::{FORMAT, Linked, Packing, Written, columns},
        retention::events::RowsArchived,
    },
    queries::retention::archives::archived_rows,
    store::retention::{
        archive::{Column, Entity, Model},
        run,
    },
    usecases::retention::note::{Progressing, note},
};

/// Rows that are to go into one object.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Their ids, in their order.
    pub ids: Vec<Uuid>,
    /// When each is counted from.
    pub at: Vec<chrono::DateTime<chrono::Utc>>,
    /// Each as a line of JSON.
    pub lines: Vec<String>,
    /// Of rows of the audit trail.
    pub chain: Option<Linked>,
}

/// What the storage cannot do, in words that say that it was the storage.
pub fn away(error: Error) -> Error {
    match error {
        Error::Unavailable { detail } => Error::unavailable(format!("{STORAGE_AWAY}: {detail}")),
        other => other,
    }
}

/// How errors begin that are the storage's.
pub const STORAGE_AWAY: &str = "the storage of archives is away";

/// Lines as they are in an object. Others have their turn between.
pub(super) async fn packed(lines: &[String]) -> Result<Vec<u8>> {
    let mut packing = Packing::begin().map_err(Error::internal)?;
    for line in lines {
        packing.add(line).map_err(Error::internal)?;
        consume_budget().await;
    }
    packing.end().map_err(Error::internal)
}

/// Notes an object, writes it with the one beside it, and reads both back.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away, [`Error::Internal`] where it holds something else: nothing was removed.
pub async fn write(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    progressing: &Progressing,
    (policy, table): (&Policy, &[ColumnOf]),
    batch: &Batch,
) -> Result<Model> {
    let (Some(first_id), Some(last_id)) = (batch.ids.first().copied(), batch.ids.last().copied()) else {
        return Err(Error::internal("nothing to archive"));
    };
    let (Some(first_at), Some(last_at)) = (batch.at.iter().min().copied(), batch.at.iter().max().copied()) else {
        return Err(Error::internal("nothing to archive"));
    };
    let object = packed(&batch.lines).await?;
    let id: ArchiveId = cx.new_id();
    let key = format!("{}/archives/{}/{}", cx.tenant.id, policy.table, id.0.simple());
    let rows = i32::try_from(batch.lines.len()).map_err(Error::internal)?;
    let bytes = i64::try_from(object.len()).map_err(Error::internal)?;
    let written = Written {
        format: FORMAT.into(),
        tenant: cx.tenant.id,
        archive: id,
        key: key.clone(),
        table: policy.table.into(),
        columns: table.to_vec(),
        rows,
        first_at,
        last_at,
        bytes,
        sha256: hex(&sha256(&object)),
        chain: batch.chain.clone(),
    };
    let manifest = serde_json::to_vec_pretty(&written).map_err(Error::internal)?;
    let archive = &Model {
        id,
        policy: policy.name.into(),
        source_table: policy.table.into(),
        run_id: progressing.run,
        storage_key: key,
        row_count: rows,
        first_id,
        last_id,
        first_at,
        last_at,
        bytes,
        sha256: sha256(&object).to_vec(),
        manifest_sha256: sha256(&manifest).to_vec(),
        manifest_bytes: i64::try_from(manifest.len()).map_err(Error::internal)?,
        column_names: columns(table),
        chain: batch.chain.as_ref().map(serde_json::to_value).transpose().map_err(Error::internal)?,
        first_sequence: batch.chain.as_ref().map(|chain| chain.first),
        last_sequence: batch.chain.as_ref().map(|chain| chain.last),
        created_at: cx.at_present().now,
        sealed_at: None,
        removed_at: None,
    };
    db.transact(cx, "archive.begin", |tx| async move {
        note(&tx, cx, progressing).await?;
        archive.clone().into_active_model().insert(tx.conn()).await?;
        Ok(())
    })
    .await?;
    storage.put(&archive.storage_key, whole(object)).await.map_err(away)?;
    storage.put(&archive.manifest_key(), whole(manifest)).await.map_err(away)?;
    // What was acknowledged may still be something else.
    if archived_rows(storage, archive).await.map_err(away)? != batch.lines {
        return Err(Error::internal(format!("the archive {} does not hold what was written", archive.storage_key)));
    }
    Ok(archive.clone())
}

/// Notes that the rows of an object are removed, in the transaction that removes them.
///
/// # Errors
/// [`Error::Conflict`] where somebody else has begun anew: nothing is removed.
pub async fn seal(tx: &Tx, cx: &Cx, archive: &Model) -> Result<()> {
    let sealed = Entity::update_many()
        .col_expr(Column::SealedAt, Expr::value(Some(cx.at_present().now)))
        .filter(Column::Id.eq(archive.id))
        .filter(Column::SealedAt.is_null())
        .exec(tx.conn())
        .await?;
    if sealed.rows_affected != 1 {
        return Err(Error::lost_race(run::Entity::WHAT));
    }
    tx.emit(
        cx,
        &RowsArchived {
            archive: archive.id,
            table: archive.source_table.clone(),
            rows: archive.row_count,
            sha256: hex(&archive.sha256),
        },
    );
    Ok(())
}

/// Removes what was begun and never sealed: its rows are all here.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away.
pub async fn clear_away(db: &Db, storage: &dyn Storage, cx: &Cx) -> Result<()> {
    let begun = Entity::find().filter(Column::SealedAt.is_null()).all(&db.reader(cx).await?).await?;
    for archive in begun {
        remove_both(storage, &archive).await?;
        let id = archive.id;
        db.transact(cx, "archive.begin", |tx| async move {
            let gone = Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::SealedAt.is_null());
            gone.exec(tx.conn()).await?;
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// Removes an object and the one beside it.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away.
pub async fn remove_both(storage: &dyn Storage, archive: &Model) -> Result<()> {
    storage.remove(&archive.storage_key).await.map_err(away)?;
    storage.remove(&archive.manifest_key()).await.map_err(away)
}

/// Removes an object whose rows were not removed, which is certain where the transaction says so itself. Of any other error it is not:
/// the next one that is begun sees whether it is sealed.
///
/// # Errors
/// [`Error::Unavailable`] where the storage is away.
pub async fn given_up(storage: &dyn Storage, archive: &Model, error: Error) -> Result<Error> {
    if matches!(error, Error::Conflict { retryable: false, .. }) {
        remove_both(storage, archive).await?;
    }
    Ok(error)
}
