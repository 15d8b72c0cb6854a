//! What is noted of exports beside transactions, and what is over.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Conn, Result, db::any_of, id::PersonExportId};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use super::person_export::{Column, Entity, Model as PersonExport, PersonExportStatus};

/// How long the row of an export is kept.
const KEPT: TimeDelta = TimeDelta::days(90);
/// How many go at a time.
const BATCH: u64 = 500;

/// How far an export is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// How many tables there are.
    pub tables: i32,
    /// How many were looked through.
    pub done: i32,
    /// How many rows were written.
    pub rows: i32,
}

/// Notes how far it is; says whether the export still goes on and is this attempt's.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_progress(conn: &Conn, id: PersonExportId, attempt: i32, progress: Progress) -> Result<bool> {
    let noted = Entity::update_many()
        .col_expr(Column::RowsWritten, Expr::value(progress.rows))
        .col_expr(Column::TablesDone, Expr::value(progress.done))
        .col_expr(Column::TableCount, Expr::value(progress.tables))
        .filter(Column::Id.eq(id))
        .filter(Column::Attempts.eq(attempt))
        .filter(Column::Status.eq(PersonExportStatus::Processing))
        .exec(conn)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// Whether an export of this person waits or is being made.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn goes_on(conn: &Conn, subject: &str) -> Result<bool> {
    let going = [PersonExportStatus::Pending, PersonExportStatus::Processing];
    let of = Entity::find().filter(Column::Subject.eq(subject)).filter(Column::Status.is_in(going));
    Ok(of.one(conn).await?.is_some())
}

/// Exports whose files have ended, the first ones.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn ended(conn: &Conn, now: DateTime<Utc>) -> Result<Vec<PersonExport>> {
    let ended = Entity::find().filter(Column::Status.eq(PersonExportStatus::Completed));
    let ended = ended.filter(Column::ExpiresAt.lte(now)).order_by_asc(Column::ExpiresAt);
    Ok(ended.limit(BATCH).all(conn).await?)
}

/// Removes the rows of exports that are older than they are kept; says whether there may be more.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn purge(conn: &Conn, now: DateTime<Utc>) -> Result<bool> {
    let over = [PersonExportStatus::Failed, PersonExportStatus::Expired, PersonExportStatus::Cancelled];
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lte(now - KEPT))
        .filter(Column::Status.is_in(over))
        .limit(BATCH);
    let ids: Vec<PersonExportId> = old.into_tuple().all(conn).await?;
    if ids.is_empty() {
        return Ok(false);
    }
    let these = any_of(conn.get_database_backend(), Column::Id, &ids);
    let gone = Entity::delete_many().filter(these).exec(conn).await?;
    Ok(gone.rows_affected == BATCH)
}
