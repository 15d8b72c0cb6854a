//! Rows of somebody who is erased go out of the archives, and those of others stay.

use kernel::{
    Cx, Db, Error, Result,
    crypto::{hex, sha256},
    files::{Storage, whole},
};
use sea_orm::entity::prelude::*;

use super::object::{away, packed, remove_both};
use crate::{
    domain::archives::Written,
    queries::{
        persons::{archived::Known, kept::Kept},
        retention::archives::{archived_rows, manifest_of},
    },
    store::retention::archive::{Column, Entity, Model},
};

/// Where the other object of an archive is: the one that takes the place of the first, or the first again.
fn other(key: &str) -> String {
    key.strip_suffix(".e").map_or_else(|| format!("{key}.e"), str::to_owned)
}

/// Takes the rows of somebody out of an archive, but for those that name what is `held`; returns how many. It gets a new object, and the old one goes. What breaks off is done
/// again.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away; [`Error::Internal`] with the key of an archive that is not what
/// was written.
pub async fn erase_archived(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    archive: &Model,
    known: &Known,
    held: &Kept<'_>,
) -> Result<u64> {
    let all = archived_rows(storage, archive).await?;
    let mut kept = Vec::with_capacity(all.len());
    for line in &all {
        if !known.goes(line, held)? {
            kept.push(line.clone());
        }
    }
    let mut key = archive.storage_key.clone();
    if kept.len() < all.len() {
        let old = key;
        key = other(&old);
        let object = packed(&kept).await?;
        let rows = i32::try_from(kept.len()).map_err(Error::internal)?;
        let bytes = i64::try_from(object.len()).map_err(Error::internal)?;
        let sum = sha256(&object).to_vec();
        let written =
            Written { key: key.clone(), rows, bytes, sha256: hex(&sum), ..manifest_of(storage, archive).await? };
        let manifest = serde_json::to_vec_pretty(&written).map_err(Error::internal)?;
        let (manifest_sum, length) =
            (sha256(&manifest).to_vec(), i64::try_from(manifest.len()).map_err(Error::internal)?);
        let after = &Model { storage_key: key.clone(), ..archive.clone() };
        storage.put(&after.storage_key, whole(object)).await.map_err(away)?;
        storage.put(&after.manifest_key(), whole(manifest)).await.map_err(away)?;
        db.transact(cx, "archive.erase", |tx| {
            let (sum, manifest_sum, old) = (sum.clone(), manifest_sum.clone(), old.clone());
            async move {
                let changed = Entity::update_many()
                    .col_expr(Column::StorageKey, Expr::value(after.storage_key.as_str()))
                    .col_expr(Column::RowCount, Expr::value(rows))
                    .col_expr(Column::Bytes, Expr::value(bytes))
                    .col_expr(Column::Sha256, Expr::value(sum))
                    .col_expr(Column::ManifestBytes, Expr::value(length))
                    .col_expr(Column::ManifestSha256, Expr::value(manifest_sum))
                    .filter(Column::Id.eq(after.id))
                    .filter(Column::StorageKey.eq(old));
                if changed.exec(tx.conn()).await?.rows_affected == 1 {
                    Ok(())
                } else {
                    Err(Error::lost_race("Archive"))
                }
            }
        })
        .await?;
    }
    // Also where a process died between the two.
    remove_both(storage, &Model { storage_key: other(&key), ..archive.clone() }).await?;
    Ok((all.len() - kept.len()) as u64)
}
