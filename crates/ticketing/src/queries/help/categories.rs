//! Categories.

use kernel::{
    Conn, Cx, Result,
    id::GuideCategoryId,
    record::{Field, Record, Unique, find},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    policy::sees_all_help,
    store::help::category::{Column, Entity, Model as GuideCategory},
};

impl Record for Entity {
    type Id = GuideCategoryId;
    type Row = GuideCategory;
    const WHAT: &'static str = "GuideCategory";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::NameFolded, field: "name", taken: "another category has this name" }];

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        let all = Condition::all();
        Some(if sees_all_help(cx) { all } else { all.add(Column::IsActive.eq(true)) })
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
