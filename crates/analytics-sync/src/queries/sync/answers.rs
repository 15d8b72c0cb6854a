//! Answers of the source, as they came.

use kernel::{
    Conn, Cx, Error, Result,
    id::{ApiResponseLogId, SyncRunId, TypedId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    policy::MANAGE_SYNC,
    store::sync::answer::{ApiResponseLog, Column, Entity},
};

/// How many answers are removed at a time.
const PURGED: u64 = 200;

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

/// Removes some of the oldest answers where they take more megabytes than are kept, but for those that are `held` or of a run that
/// is; says whether there may be more.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn keep_to_megabytes(conn: &Conn, raw_megabytes: i64, held: &[Uuid]) -> Result<bool> {
    let kept: Option<i64> = Entity::find()
        .select_only()
        .column_as(Expr::cust(r#"CAST(coalesce(sum("stored_size"), 0) AS bigint)"#), "kept")
        .into_tuple()
        .one(conn)
        .await?;
    if kept.unwrap_or_default() <= raw_megabytes.saturating_mul(1 << 20) {
        return Ok(false);
    }
    let free = Condition::all().add_option((!held.is_empty()).then(|| {
        let among = |column: Column| kernel::db::any_uuid_of(conn.get_database_backend(), column, held.to_vec());
        Condition::any().add(among(Column::Id)).add(among(Column::RunId)).not()
    }));
    Ok(remove(conn, free).await? == PURGED)
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
