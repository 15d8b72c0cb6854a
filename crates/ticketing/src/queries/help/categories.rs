//! Categories.

use kernel::{
    Conn, Cx, Result,
    id::GuideCategoryId,
    record::{Field, Record, Unique, find},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};

use crate::{
    policy::{sees_all_help, visible_documents, visible_guides},
    store::help::{
        category::{Column, Entity, Model as GuideCategory},
        document, guide,
    },
};

impl Record for Entity {
    type Id = GuideCategoryId;
    type Row = GuideCategory;
    const WHAT: &'static str = "GuideCategory";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another category has this name" }];

    /// All to those who keep the centre; to others those in use under which there is something for them.
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let all = Condition::all();
        if sees_all_help(cx) {
            return Some(all);
        }
        let guides = guide::Entity::find().select_only().column(guide::Column::CategoryId).filter(visible_guides(cx));
        let sorted = document::Column::CategoryId.is_not_null();
        let documents = document::Entity::find().select_only().column(document::Column::CategoryId);
        let documents = documents.filter(visible_documents(cx)).filter(sorted);
        let filled = Condition::any()
            .add(Column::Id.in_subquery(guides.into_query()))
            .add(Column::Id.in_subquery(documents.into_query()));
        Some(all.add(Column::IsActive.eq(true)).add(filled))
    }
}

/// By a part of the name or description.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::Name, Column::Description]);
/// By whether they are shown.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);

/// How many categories the help centre shows.
const SHOWN: u64 = 100;

/// The categories of the help centre in their order, for anybody.
pub async fn help_centre(conn: &Conn, cx: &Cx) -> Result<Vec<GuideCategory>> {
    let Some(found) = find::<Entity>(cx, conn.get_database_backend()) else { return Ok(Vec::new()) };
    let active = found.filter(Column::IsActive.eq(true));
    Ok(active.order_by_asc(Column::DisplayOrder).order_by_asc(Column::Id).limit(SHOWN).all(conn).await?)
}
