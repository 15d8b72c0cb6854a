//! Answers of the source, as they came.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Error, Result,
    id::{ApiResponseLogId, SyncRunId, TypedId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    policy::MANAGE_SYNC,
    store::sync::{
        answer::{ApiResponseLog, Column, Entity},
        run,
    },
};

/// How many answers are removed at a time.
const PURGED: u64 = 200;
/// How long runs are kept that are over.
const RUNS: TimeDelta = TimeDelta::days(90);

impl Record for Entity {
    type Id = ApiResponseLogId;
    type Row = ApiResponseLog;
    const WHAT: &'static str = "ApiResponseLog";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_SYNC)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(MANAGE_SYNC).then(Condition::all)
    }
}

/// By what was asked.
pub const BY_ENDPOINT: Field<Column> = Field::new("endpoint", &[Column::Endpoint]);
/// By the run.
pub const BY_RUN: Field<Column> = Field::new("syncRunId", &[Column::RunId]);
/// By when they were kept.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// The answers of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnswersOf;

impl Nested for AnswersOf {
    type Parent = SyncRunId;
    type Of = Entity;
    const NAME: &'static str = "answers of";
    const PARENT: Column = Column::RunId;
    const ORDER: Column = Column::CreatedAt;
}

/// The body of an answer as it came, with what was not UTF-8 replaced.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_SYNC`]; [`Error::NotFound`].
pub async fn raw_response(conn: &Conn, cx: &Cx, id: ApiResponseLogId) -> Result<String> {
    cx.require(MANAGE_SYNC)?;
    let row = Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound { what: "ApiResponseLog" })?;
    let body = unpacked(&row.raw_response)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// A body, packed.
pub(crate) fn packed(body: &[u8]) -> Result<Vec<u8>> {
    zstd::encode_all(body, 3).map_err(Error::internal)
}

/// A body as it came.
pub(crate) fn unpacked(packed: &[u8]) -> Result<Vec<u8>> {
    zstd::decode_all(packed).map_err(Error::internal)
}

/// Removes some of the answers that are older than they are kept, or more than are kept, and some runs that are over for long;
/// says whether there may be more.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn purge_syncs(conn: &Conn, now: DateTime<Utc>, raw_days: i64, raw_megabytes: i64) -> Result<bool> {
    let old = Condition::all().add(Column::CreatedAt.lt(now - TimeDelta::days(raw_days)));
    let mut gone = remove(conn, old).await?;
    let kept: Option<i64> = Entity::find()
        .select_only()
        .column_as(Expr::cust(r#"CAST(coalesce(sum("stored_size"), 0) AS bigint)"#), "kept")
        .into_tuple()
        .one(conn)
        .await?;
    if gone == 0 && kept.unwrap_or_default() > raw_megabytes.saturating_mul(1 << 20) {
        gone = remove(conn, Condition::all()).await?;
    }
    let over: Vec<Uuid> = run::Entity::find()
        .select_only()
        .column(run::Column::Id)
        .filter(run::Column::CompletedAt.lt(now - RUNS))
        .limit(PURGED)
        .into_tuple()
        .all(conn)
        .await?;
    let runs: Vec<_> = over.into_iter().map(SyncRunId::from_uuid).collect();
    if !runs.is_empty() {
        let these = kernel::db::any_of(conn.get_database_backend(), run::Column::Id, &runs);
        run::Entity::delete_many().filter(these).exec(conn).await?;
    }
    Ok(gone == PURGED || runs.len() as u64 == PURGED)
}

async fn remove(conn: &Conn, which: Condition) -> Result<u64> {
    let oldest: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(which)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(PURGED)
        .into_tuple()
        .all(conn)
        .await?;
    let ids: Vec<_> = oldest.into_iter().map(ApiResponseLogId::from_uuid).collect();
    if !ids.is_empty() {
        let these = kernel::db::any_of(conn.get_database_backend(), Column::Id, &ids);
        Entity::delete_many().filter(these).exec(conn).await?;
    }
    Ok(ids.len() as u64)
}
