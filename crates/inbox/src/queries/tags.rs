//! Tags: who sees them, what they are found by, and what has which.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::any_uuid_of,
    id::TagId,
    record::{Field, Record, Unique},
};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, FromQueryResult, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{ExprTrait, SelectStatement},
};

use super::by_kind;
use crate::{
    domain::entity::{Entity as Thing, EntityType},
    policy::sees_tags,
    store::{
        entity_tag,
        tag::{Column, Entity, Model as Tag},
    },
};

impl Record for Entity {
    type Id = TagId;
    type Row = Tag;
    const WHAT: &'static str = "Tag";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another tag has this name" }];

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_tags(cx).then(|| Condition::all().add(Column::MergedInto.is_null()))
    }
}

/// By a part of the name.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name]);

/// Which tags things are to have.
#[derive(Debug, Clone, Default)]
pub struct Tagged {
    /// One of these at least.
    pub any: Option<Vec<TagId>>,
    /// Each of these.
    pub all: Option<Vec<TagId>>,
    /// None of these.
    pub none: Option<Vec<TagId>>,
}

impl Tagged {
    /// The rows of a table of such things that have them, by the column of their ids.
    pub fn condition<C: ColumnTrait>(&self, kind: EntityType, id: C) -> Condition {
        let with = |tags: &[TagId]| -> SelectStatement {
            let things = entity_tag::Entity::find().select_only().column(entity_tag::Column::EntityId);
            let of_kind = things.filter(entity_tag::Column::EntityType.eq(kind));
            of_kind.filter(entity_tag::Column::TagId.is_in(tags.iter().copied())).into_query()
        };
        let mut all = Condition::all();
        if let Some(tags) = &self.any {
            all = all.add(id.in_subquery(with(tags)));
        }
        for tag in self.all.iter().flatten() {
            all = all.add(id.in_subquery(with(&[*tag])));
        }
        if let Some(tags) = self.none.as_ref().filter(|tags| !tags.is_empty()) {
            all = all.add(id.not_in_subquery(with(tags)));
        }
        all
    }
}

/// The tags of each of these things, by name, as far as the actor may see tags. Whoever asks has found the things.
pub async fn tags_of_each(conn: &Conn, cx: &Cx, things: &[Thing]) -> Result<HashMap<Thing, Vec<Tag>>> {
    let mut found: HashMap<_, Vec<_>> = things.iter().map(|thing| (*thing, Vec::new())).collect();
    let backend = conn.get_database_backend();
    let Some(visible) = Entity::visible(cx, backend) else { return Ok(found) };
    for (kind, ids) in by_kind(things) {
        let tag = |column: Column| Expr::col((Entity, column));
        let of = |column: entity_tag::Column| Expr::col((entity_tag::Entity, column));
        let mut select =
            Entity::find().filter(visible.clone()).order_by_asc(Column::Name).order_by_asc(Column::Id).into_query();
        select
            .column((entity_tag::Entity, entity_tag::Column::EntityId))
            .inner_join(entity_tag::Entity.table_ref(), of(entity_tag::Column::TagId).eq(tag(Column::Id)))
            .and_where(entity_tag::Column::EntityType.eq(kind))
            .and_where(any_uuid_of(backend, entity_tag::Column::EntityId, ids));
        for row in conn.query_all(&select).await? {
            let id: Uuid = row.try_get("", "entity_id")?;
            found.entry(Thing { kind, id }).or_default().push(Tag::from_query_result(&row, "")?);
        }
    }
    Ok(found)
}
