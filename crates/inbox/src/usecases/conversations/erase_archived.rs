//! Archived messages of somebody who is erased go out of the archives, and those of others stay.

use std::collections::BTreeSet;

use kernel::{
    Cx, Db, Error, Result,
    crypto::sha256,
    db::any_of,
    files::{Storage, whole},
    id::ConversationId,
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use super::archive_messages::{packed, read, unpacked};
use crate::store::conversations::{archive, archive_part};

/// Where the other object of an archive is: the one that takes the place of the first, or the first again.
fn other(key: &str) -> String {
    key.strip_suffix(".e").map_or_else(|| format!("{key}.e"), str::to_owned)
}

/// Takes the messages of these conversations out of all archives; returns how many. An archive gets a new object, and the old one
/// goes; only then it is noted that nothing of theirs is in it, so that what breaks off is done again.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away.
pub async fn erase_archived(db: &Db, storage: &dyn Storage, cx: &Cx, conversations: &[ConversationId]) -> Result<u64> {
    let gone: BTreeSet<_> = conversations.iter().copied().collect();
    let mut erased = 0;
    loop {
        let conn = db.reader(cx).await?;
        let backend = conn.get_database_backend();
        let these = || any_of(backend, archive_part::Column::ConversationId, conversations);
        let of = archive_part::Entity::find().select_only().column(archive_part::Column::ArchiveId).filter(these());
        let first: Option<Uuid> =
            of.order_by_asc(archive_part::Column::ArchiveId).limit(1).into_tuple().one(&conn).await?;
        let Some(id) = first else { return Ok(erased) };
        let found = archive::Entity::find_by_id(id).one(&conn).await?;
        drop(conn);
        // Where there is no archive, nothing of theirs is in it.
        if let Some(archive) = found {
            erased += rewrite(db, storage, cx, &archive, &gone).await?;
        }
        db.transact(cx, "conversations.erase", |tx| async move {
            archive_part::Entity::delete_many()
                .filter(archive_part::Column::ArchiveId.eq(id))
                .filter(these())
                .exec(tx.conn())
                .await?;
            Ok(())
        })
        .await?;
    }
}

/// Gives an archive an object without the messages of these conversations, and removes the one that had them; returns how many there
/// were.
async fn rewrite(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    archive: &archive::Model,
    gone: &BTreeSet<ConversationId>,
) -> Result<u64> {
    let all = unpacked(&read(storage, archive).await?)?;
    let kept: Vec<_> = all.iter().filter(|row| !gone.contains(&row.conversation_id)).cloned().collect();
    let (id, mut key) = (archive.id, archive.storage_key.clone());
    if kept.len() < all.len() {
        let object = &packed(&kept)?;
        let old = key;
        key = other(&old);
        storage.put(&key, whole(object.clone())).await?;
        let (now, old) = (&key, &old);
        let messages = i32::try_from(kept.len()).unwrap_or(i32::MAX);
        db.transact(cx, "conversations.erase", |tx| async move {
            let changed = archive::Entity::update_many()
                .col_expr(archive::Column::StorageKey, Expr::value(now.as_str()))
                .col_expr(archive::Column::Messages, Expr::value(messages))
                .col_expr(archive::Column::Bytes, Expr::value(i64::try_from(object.len()).unwrap_or(i64::MAX)))
                .col_expr(archive::Column::Sha256, Expr::value(sha256(object).to_vec()))
                .filter(archive::Column::Id.eq(id))
                .filter(archive::Column::StorageKey.eq(old.as_str()))
                .exec(tx.conn())
                .await?;
            if changed.rows_affected == 1 { Ok(()) } else { Err(Error::lost_race("ConversationArchive")) }
        })
        .await?;
    }
    // Also where a process died between the two.
    storage.remove(&other(&key)).await?;
    Ok((all.len() - kept.len()) as u64)
}
