//! Drafts: each is its author's alone, and as long as they see what it is for.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_uuid_of,
    id::DraftId,
    record::{Record, find},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, entity::prelude::*};

use super::by_kind;
use crate::{
    domain::entity::Entity as Thing,
    kinds::hang_on_visible,
    store::draft::{Column, Entity, Model as Draft},
};

/// How many are swept away by one statement.
const SWEPT: u64 = 500;

impl Record for Entity {
    type Id = DraftId;
    type Row = Draft;
    const WHAT: &'static str = "Draft";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        let own = cx.user().ok()?.staff_id()?;
        let hang = hang_on_visible(cx, backend, Column::EntityType, Column::EntityId)?;
        Some(Condition::all().add(Column::StaffId.eq(own)).add(hang))
    }
}

/// The actor's draft for each of these things, where they have one.
pub async fn drafts_of_each(conn: &Conn, cx: &Cx, things: &[Thing]) -> Result<HashMap<Thing, Draft>> {
    let backend = conn.get_database_backend();
    let mut found = HashMap::new();
    for (kind, ids) in by_kind(things) {
        let Some(own) = find::<Entity>(cx, backend) else { break };
        let own = own.filter(Column::EntityType.eq(kind)).filter(any_uuid_of(backend, Column::EntityId, ids));
        found.extend(own.all(conn).await?.into_iter().map(|draft| (draft.entity(), draft)));
    }
    Ok(found)
}

/// Removes the drafts that nobody has written at since then, a few at a time.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; the next sweep goes on.
pub async fn purge_drafts(conn: &Conn, since: DateTime<Utc>) -> Result<u64> {
    let mut gone = 0;
    loop {
        let old = Entity::find().select_only().column(Column::Id).filter(Column::UpdatedAt.lt(since));
        let ids: Vec<DraftId> = old.order_by_asc(Column::UpdatedAt).limit(SWEPT).into_tuple().all(conn).await?;
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
