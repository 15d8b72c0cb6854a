//! [`ExportBook`] on the tables, and what is noted beside transactions.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result, Tx,
    files::{self, Owner, Received},
    id::{ExportId, FileId, UserId},
    usage,
};
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*};

use super::export::{Column, Entity, ExportStatus, Model as Export};
use crate::ports::exports::ExportBook;

/// How many go at a time.
const BATCH: u64 = 500;

impl ExportBook for Tx {
    async fn going_on_of(&self, who: UserId) -> Result<u64> {
        let going = [ExportStatus::Pending, ExportStatus::Processing];
        let own = Entity::find().filter(Column::UserId.eq(who)).filter(Column::Status.is_in(going));
        Ok(own.count(self.conn()).await?)
    }

    async fn queue_up(&self, _: UserId) -> Result<()> {
        // Asking for exports is rare enough that all wait for each other.
        usage::lock(self).await
    }

    async fn keep_export_file(&self, cx: &Cx, file: &Received, of: ExportId) -> Result<()> {
        files::keep_received(self, cx, file, Owner::of(of)).await
    }

    async fn give_up_export_file(&self, cx: &Cx, file: FileId) -> Result<()> {
        files::remove(self, cx, file).await.map(drop)
    }
}

/// Notes how many rows were written; says whether the export still goes on and is this attempt's.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn note_progress(conn: &Conn, id: ExportId, attempt: i32, rows: i32, total: i32) -> Result<bool> {
    let noted = Entity::update_many()
        .col_expr(Column::RowsWritten, Expr::value(rows))
        .col_expr(Column::TotalCount, Expr::value(total))
        .filter(Column::Id.eq(id))
        .filter(Column::Attempts.eq(attempt))
        .filter(Column::Status.eq(ExportStatus::Processing))
        .exec(conn)
        .await?;
    Ok(noted.rows_affected == 1)
}

/// Exports whose files have ended, the first ones.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn ended(conn: &Conn, now: DateTime<Utc>) -> Result<Vec<Export>> {
    let ended = Entity::find().filter(Column::Status.eq(ExportStatus::Completed)).filter(Column::ExpiresAt.lte(now));
    Ok(ended.order_by_asc(Column::ExpiresAt).limit(BATCH).all(conn).await?)
}

/// The exports that stand so. Each kind of them can hold people.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn may_hold(conn: &Conn, status: &[ExportStatus]) -> Result<Vec<ExportId>> {
    let found = Entity::find().select_only().column(Column::Id).filter(Column::Status.is_in(status.iter().copied()));
    Ok(found.order_by_asc(Column::Id).into_tuple().all(conn).await?)
}
