//! Sessions: one's own, and never anybody else's.

use chrono::{DateTime, Utc};
use kernel::{Conn, Cx, Result, id::AssistantSessionId, id::UserId, record::Record};
use sea_orm::{Condition, DbBackend, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    policy::{asks_for_themselves, own_conversations},
    store::assistant::session::{Column, Entity, Model as AssistantSession},
};

/// How many are swept away by one statement.
const SWEPT: u64 = 100;

impl Record for Entity {
    type Id = AssistantSessionId;
    type Row = AssistantSession;
    const WHAT: &'static str = "AssistantSession";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn may_list(cx: &Cx) -> Result<()> {
        asks_for_themselves(cx).map(drop)
    }

    /// The actor's own. What somebody asks is no business of a key's.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Some(Condition::all().add(Column::UserId.eq(own_conversations(cx)?)))
    }
}

/// Removes the sessions in which nothing was said since then, a few at a time.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next sweep goes on.
pub async fn purge_conversations(conn: &Conn, since: DateTime<Utc>) -> Result<u64> {
    let mut gone = 0;
    loop {
        let old = Entity::find().select_only().column(Column::Id).filter(Column::UpdatedAt.lt(since));
        let ids: Vec<AssistantSessionId> =
            old.order_by_asc(Column::UpdatedAt).limit(SWEPT).into_tuple().all(conn).await?;
        if ids.is_empty() {
            return Ok(gone);
        }
        // One that somebody has gone on with meanwhile stays.
        let swept = Entity::delete_many().filter(Column::Id.is_in(ids)).filter(Column::UpdatedAt.lt(since));
        gone += swept.exec(conn).await?.rows_affected;
        // Between the statements others write.
        tokio::task::yield_now().await;
    }
}

/// Removes all sessions of somebody who is forgotten; returns how many there were. For Frontdesk itself.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn forget_conversations(conn: &Conn, whose: UserId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::UserId.eq(whose)).exec(conn).await?.rows_affected)
}
