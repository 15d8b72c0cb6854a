//! Sessions: one's own, and never anybody else's.

use kernel::{Conn, Cx, Result, id::AssistantSessionId, id::UserId, record::Record};
use sea_orm::{Condition, DbBackend, entity::prelude::*};

use crate::{
    policy::{asks_for_themselves, own_conversations},
    store::assistant::session::{Column, Entity, Model as AssistantSession},
};

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

/// Removes all sessions of somebody who is forgotten; returns how many there were. For Frontdesk itself.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn forget_conversations(conn: &Conn, whose: UserId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::UserId.eq(whose)).exec(conn).await?.rows_affected)
}
