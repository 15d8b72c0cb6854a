//! Drafts: each is its author's alone, and as long as they see what it is for.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_uuid_of,
    id::DraftId,
    record::{Record, find},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, entity::prelude::*};

use super::by_kind;
use crate::{
    domain::entity::Entity as Thing,
    kinds::hang_on_visible,
    store::draft::{Column, Entity, Model as Draft},
};

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
