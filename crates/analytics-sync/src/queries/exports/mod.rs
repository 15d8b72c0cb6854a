//! Reads of exports, and of what goes into them.

pub mod messages;
pub mod people;
pub mod rows;

use kernel::{Cx, Result, cx::UserKind, id::ExportId, record::Record, visibility::SEE_ALL};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::{
    policy::EXPORT_DATA,
    store::exports::export::{Column, Entity, Model as Export},
};

impl Record for Entity {
    type Id = ExportId;
    type Row = Export;
    const WHAT: &'static str = "Export";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(EXPORT_DATA)
    }

    /// One's own, and all with [`SEE_ALL`].
    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        if !cx.can(EXPORT_DATA) || cx.user().is_ok_and(|user| user.kind == UserKind::Client) {
            return None;
        }
        if cx.can(SEE_ALL) {
            return Some(Condition::all());
        }
        Some(Condition::all().add(Column::UserId.eq(cx.user().ok()?.id)))
    }
}
