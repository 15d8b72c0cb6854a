//! Archives go whose rows have been kept as long as they are in all.

use chrono::{DateTime, Utc};
use kernel::{Cx, Db, Result, db::Emit, files::Storage, id::ArchiveId, retention::Policy};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*, sea_query::ExprTrait};

use super::object::remove_both;
use crate::{
    domain::retention::{events::ArchiveRemoved, progress::Step},
    queries::retention::{archives::archived_rows, holds::held_ids},
    store::retention::archive::{Column, Entity, Model},
    usecases::retention::note::{Progressing, note},
};

/// How many are gone through at a time.
const BATCH: u64 = 100;

/// The archives of a policy whose rows are all of before an instant.
fn ended(policy: &Policy, before: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .filter(Column::Policy.eq(policy.name))
        .filter(Column::LastAt.lt(before))
        .filter(Column::SealedAt.is_not_null())
        .filter(Column::RemovedAt.is_null())
}

/// Whether any archive of a policy has ended.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn any_ended(conn: &kernel::Conn, policy: &Policy, before: DateTime<Utc>) -> Result<bool> {
    Ok(ended(policy, before).one(conn).await?.is_some())
}

/// Whether a row of an archive names anything that is held.
fn names(lines: &[String], held: &[Uuid]) -> bool {
    let words: Vec<_> = held.iter().flat_map(|id| [id.simple().to_string(), id.hyphenated().to_string()]).collect();
    lines.iter().any(|line| words.iter().any(|word| line.contains(word)))
}

/// Removes the archives of a policy whose rows are all of before an instant, but for those with rows about what is held.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database or the storage is away; [`kernel::Error::Internal`] for one that is not what was
/// written, where it is to be seen whether it names what is held.
pub async fn end_archives(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    progressing: &mut Progressing,
    policy: &'static Policy,
    before: DateTime<Utc>,
) -> Result<Step> {
    let mut after: Option<(DateTime<Utc>, ArchiveId)> = None;
    loop {
        let conn = db.reader(cx).await?;
        let mut next = ended(policy, before);
        if let Some((at, id)) = after {
            let same = Column::LastAt.eq(at).and(Column::Id.gt(id));
            next = next.filter(Column::LastAt.gt(at).or(same));
        }
        let some: Vec<Model> =
            next.order_by_asc(Column::LastAt).order_by_asc(Column::Id).limit(BATCH).all(&conn).await?;
        let Some(last) = some.last() else { return Ok(progressing.step()) };
        after = Some((last.last_at, last.id));
        let held = held_ids(&conn).await?;
        drop(conn);
        for archive in &some {
            let mut step = progressing.step();
            if !held.is_empty() && names(&archived_rows(storage, archive).await?, &held) {
                step.archives_held += 1;
                progressing.set(step);
                continue;
            }
            remove_both(storage, archive).await?;
            step.archives_removed += 1;
            let then = &progressing.with(step);
            db.transact(cx, "archive.remove", |tx| async move {
                note(&tx, cx, then).await?;
                let removed = Entity::update_many()
                    .col_expr(Column::RemovedAt, Expr::value(Some(cx.at_present().now)))
                    .filter(Column::Id.eq(archive.id));
                removed.exec(tx.conn()).await?;
                let (table, rows) = (archive.source_table.clone(), archive.row_count);
                tx.emit(cx, &ArchiveRemoved { archive: archive.id, table, rows });
                Ok(())
            })
            .await?;
            progressing.set(then.step());
        }
    }
}
