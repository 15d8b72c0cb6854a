//! Internal notes: colleagues see those of what they see, and nobody else sees any.

use std::marker::PhantomData;

use kernel::{
    Conn, Cx, Result,
    id::InternalNoteId,
    record::{Nested, Record},
};
use sea_orm::{Condition, DbBackend, QuerySelect, entity::prelude::*};

use crate::{
    domain::entity::{Entity as Thing, EntityId},
    kinds::hang_on_visible,
    policy::sees_notes,
    store::internal_note::{Column, Entity, Model as InternalNote},
};

impl Record for Entity {
    type Id = InternalNoteId;
    type Row = InternalNote;
    const WHAT: &'static str = "InternalNote";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        if !sees_notes(cx) {
            return None;
        }
        let hang = hang_on_visible(cx, backend, Column::EntityType, Column::EntityId)?;
        Some(Condition::all().add(Column::RemovedAt.is_null()).add(hang))
    }
}

/// The notes of a thing of one kind, the pinned ones first, then the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotesOf<I>(PhantomData<I>);

impl<I> Default for NotesOf<I> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<I: EntityId + Eq + std::hash::Hash + Send + Sync + 'static> Nested for NotesOf<I> {
    type Parent = I;
    type Of = Entity;
    const NAME: &'static str = "notes";
    const PARENT: Column = Column::EntityId;
    const FIRST: Option<(Column, bool)> = Some((Column::IsPinned, true));
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let of_kind = || Condition::all().add(Column::EntityType.eq(I::KIND)).add(Column::RemovedAt.is_null());
        sees_notes(cx).then(of_kind)
    }
}

/// The ids of all notes of a thing, whoever may see them.
pub async fn note_ids(conn: &Conn, of: impl Into<Thing>) -> Result<Vec<InternalNoteId>> {
    let of = of.into();
    let notes = Entity::find().select_only().column(Column::Id).filter(Column::EntityType.eq(of.kind));
    Ok(notes.filter(Column::EntityId.eq(of.id)).into_tuple().all(conn).await?)
}
