//! Holidays.

use kernel::{
    Cx, Result,
    id::HolidayId,
    record::{Field, Record, Unique},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::VIEW_CONSULTATIONS,
    store::booking::holiday::{Column, Entity, Model as Holiday},
};

impl Record for Entity {
    type Id = HolidayId;
    type Row = Holiday;
    const WHAT: &'static str = "Holiday";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::Date, field: "date", taken: "another holiday is on this day" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONSULTATIONS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_CONSULTATIONS).then(Condition::all)
    }
}

/// By whether they are kept.
pub const BY_IS_ACTIVE: Field<Column> = Field::new("isActive", &[Column::IsActive]);
