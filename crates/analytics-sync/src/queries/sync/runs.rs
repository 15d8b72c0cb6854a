//! Runs, with their checkpoints and failures, and how it stands with each kind of record.

use kernel::{
    Conn, Cx, Result,
    id::{SyncCheckpointId, SyncFailureId, SyncRunId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend, QueryOrder, entity::prelude::*};

use crate::{
    policy::VIEW_ANALYTICS,
    store::sync::{
        access, checkpoint, failure,
        run::{Column, Entity, Model as SyncRun},
        state,
    },
};

impl Record for Entity {
    type Id = SyncRunId;
    type Row = SyncRun;
    const WHAT: &'static str = "SyncRun";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ANALYTICS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ANALYTICS).then(Condition::all)
    }
}

/// By what is synchronised.
pub const BY_ENTITY: Field<Column> = Field::new("entity", &[Column::Entity]);
/// By which days they read.
pub const BY_OPERATION: Field<Column> = Field::new("operation", &[Column::Operation]);
/// By how they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By who began them.
pub const BY_STARTED_BY: Field<Column> = Field::new("startedById", &[Column::StartedById]);
/// By when they were begun.
pub const BY_STARTED_AT: Field<Column> = Field::new("startedAt", &[Column::StartedAt]);

impl Record for checkpoint::Entity {
    type Id = SyncCheckpointId;
    type Row = checkpoint::Model;
    const WHAT: &'static str = "SyncCheckpoint";
    const ID: checkpoint::Column = checkpoint::Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ANALYTICS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ANALYTICS).then(Condition::all)
    }
}

/// How far a run is with each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckpointsOf;

impl Nested for CheckpointsOf {
    type Parent = SyncRunId;
    type Of = checkpoint::Entity;
    const NAME: &'static str = "checkpoints of";
    const PARENT: checkpoint::Column = checkpoint::Column::RunId;
    const ORDER: checkpoint::Column = checkpoint::Column::CreatedAt;
}

impl Record for failure::Entity {
    type Id = SyncFailureId;
    type Row = failure::Model;
    const WHAT: &'static str = "SyncFailure";
    const ID: failure::Column = failure::Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_ANALYTICS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(VIEW_ANALYTICS).then(Condition::all)
    }
}

/// The records that a run could not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FailuresOf;

impl Nested for FailuresOf {
    type Parent = SyncRunId;
    type Of = failure::Entity;
    const NAME: &'static str = "failures of";
    const PARENT: failure::Column = failure::Column::RunId;
    const ORDER: failure::Column = failure::Column::CreatedAt;
}

/// How it stands with each kind of record, what changed last first.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`VIEW_ANALYTICS`].
pub async fn sync_states(conn: &Conn, cx: &Cx) -> Result<Vec<state::Model>> {
    cx.require(VIEW_ANALYTICS)?;
    Ok(state::Entity::find()
        .order_by_desc(state::Column::UpdatedAt)
        .order_by_asc(state::Column::Entity)
        .all(conn)
        .await?)
}

/// How B2Chat is connected; none where it never was.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_SYNC`](crate::MANAGE_SYNC).
pub async fn b2chat_access(conn: &Conn, cx: &Cx) -> Result<Option<access::Model>> {
    cx.require(crate::policy::MANAGE_SYNC)?;
    Ok(access::Entity::find_by_id(access::ONLY).one(conn).await?)
}
