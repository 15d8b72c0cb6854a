//! Reads of exports of what is held on people.

use kernel::{Cx, Result, id::PersonExportId, record::Record};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::{
    policy::MANAGE_PERSONAL_DATA,
    store::person_exports::person_export::{Column, Entity, Model as PersonExport},
};

impl Record for Entity {
    type Id = PersonExportId;
    type Row = PersonExport;
    const WHAT: &'static str = "PersonExport";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    /// Whoever is signed in has asked for their own, or may have.
    fn may_list(cx: &Cx) -> Result<()> {
        cx.user().map(drop)
    }

    /// Those of oneself that one asked for, and all with [`MANAGE_PERSONAL_DATA`].
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        if cx.can(MANAGE_PERSONAL_DATA) {
            return Some(Condition::all());
        }
        Some(Condition::all().add(Column::UserId.eq(cx.user().ok()?.id)).add(Column::IsOwn.eq(true)))
    }
}
