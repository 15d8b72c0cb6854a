//! Lines of chats are kept for a year. What was counted of them stays with the chat.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Conn, Result};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::store::chats::line::{Column, Entity};

/// How long lines are kept.
const KEPT: TimeDelta = TimeDelta::days(365);
/// How many one statement removes at most.
pub const PURGED_LINES: u64 = 500;

/// Removes the oldest lines that are older than they are kept, [`PURGED_LINES`] at the most; returns how many. One short
/// statement, so that writers are not held up; whoever wants more asks again.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn purge_chat_lines(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lt(now - KEPT))
        .order_by_asc(Column::CreatedAt)
        .limit(PURGED_LINES);
    let gone = Entity::delete_many().filter(Column::Id.in_subquery(old.into_query()));
    Ok(gone.exec(conn).await?.rows_affected)
}
