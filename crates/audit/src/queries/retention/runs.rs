//! Runs, for those who may see them.

use kernel::{
    Cx, Result,
    id::RetentionRunId,
    record::{Record, Unique},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::{MANAGE_RETENTION, VIEW_RETENTION},
    store::retention::run::{Column, Entity, Model},
};

impl Record for Entity {
    type Id = RetentionRunId;
    type Row = Model;
    const WHAT: &'static str = "RetentionRun";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);
    const UNIQUE: &'static [Unique<Column>] = &[Unique {
        column: Column::IsDry,
        field: "",
        taken: "another run is under way or stopped for a while; wait for it, or cancel it",
    }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_RETENTION)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        // Who manages them finds them.
        (cx.can(VIEW_RETENTION) || cx.can(MANAGE_RETENTION)).then(Condition::all)
    }
}
