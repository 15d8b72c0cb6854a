//! Batches.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Result,
    db::first_below,
    id::EffectivenessBatchId,
    record::{Field, Record},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryTrait,
};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::effectiveness::{
        batch::{Column, Entity, Model as EffectivenessBatch},
        item::{self, ItemState, Model as BatchChat},
    },
};

impl Record for Entity {
    type Id = EffectivenessBatchId;
    type Row = EffectivenessBatch;
    const WHAT: &'static str = "EffectivenessBatch";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By how they stand.
pub const BY_STATE: Field<Column> = Field::new("status", &[Column::State]);

/// By who analyses.
pub const BY_PROVIDER: Field<Column> = Field::new("provider", &[Column::Provider]);

/// By when they were begun.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// So many of the chats that could not be analysed are shown of a batch.
pub const SHOWN: u64 = 100;

/// The chats of each of these batches that could not be analysed, the first [`SHOWN`]. Whoever asks has found the batches.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn failures_of_each(
    conn: &Conn,
    batches: &[EffectivenessBatchId],
) -> Result<HashMap<EffectivenessBatchId, Vec<BatchChat>>> {
    let mut found: HashMap<_, Vec<_>> = batches.iter().map(|id| (*id, Vec::new())).collect();
    if batches.is_empty() {
        return Ok(found);
    }
    let select = item::Entity::find().filter(item::Column::State.eq(ItemState::Failed)).into_query();
    let (backend, order) = (conn.get_database_backend(), [(item::Column::ChatId, false)]);
    let first = first_below(backend, select, item::Column::BatchId, batches, &order, SHOWN, None);
    for row in conn.query_all(&first).await? {
        let row = BatchChat::from_query_result(&row, "")?;
        found.entry(row.batch_id).or_default().push(row);
    }
    Ok(found)
}
