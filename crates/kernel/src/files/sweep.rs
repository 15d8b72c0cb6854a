//! What ended is removed: bytes first, then the row that says where they were.

use chrono::TimeDelta;
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

use super::{
    Files,
    table::{Column, Entity},
};
use crate::{Cx, Db, Result, usage};

/// How long after its end a file is left alone: whoever writes it just then finds that it ended, and takes it back.
pub(super) const GRACE: TimeDelta = TimeDelta::minutes(10);
/// How many files are removed in a row.
const BATCH: u64 = 100;

impl Files {
    /// Removes files that nobody kept in time and those that were given up. Returns how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error) where the storage is away; the next sweep goes on.
    pub async fn sweep(&self, db: &Db, cx: &Cx) -> Result<usize> {
        let mut swept = 0;
        loop {
            let ended = Entity::find()
                .filter(Column::ExpiresAt.lte(cx.now - GRACE))
                .order_by_asc(Column::ExpiresAt)
                .limit(BATCH)
                .all(&db.reader(cx).await?)
                .await?;
            if ended.is_empty() {
                return Ok(swept);
            }
            for file in ended {
                if let Some(place) = file.location(&cx.tenant) {
                    self.storage.remove(&place).await?;
                }
                let (id, size) = (file.id, file.stored_at.map_or(0, |_| file.size));
                db.transact(cx, "file.sweep", |tx| async move {
                    let gone = Entity::delete_many()
                        .filter(Column::Id.eq(id))
                        .filter(Column::ExpiresAt.is_not_null())
                        .exec(tx.conn())
                        .await?;
                    if gone.rows_affected == 1 && size > 0 {
                        usage::store(&tx, cx, -size).await?;
                    }
                    Ok(())
                })
                .await?;
                swept += 1;
            }
        }
    }
}
