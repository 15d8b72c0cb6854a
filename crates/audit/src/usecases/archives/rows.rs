//! Rows of any table: removed in batches, or archived first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Db, Error, Result,
    db::rows::{among, as_json, columns_of, execute, locked, select},
    files::Storage,
    retention::Policy,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::object::{Batch, given_up, seal, write};
use crate::{
    domain::{archives::TEXT, retention::progress::Step},
    queries::retention::due::{from, is_held, is_old},
    usecases::retention::note::{Progressing, note},
};

/// How many rows one transaction removes at the most.
pub const REMOVED_ROWS: u64 = 500;
/// How many rows are in one object at the most.
pub const ARCHIVED_ROWS: u64 = 2_000;

/// Removes the oldest rows of before an instant that are not held; returns how many.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn remove_rows(conn: &Conn, policy: &Policy, before: DateTime<Utc>) -> Result<u64> {
    let (from, old, held, age) = (from(policy), is_old(policy), is_held(policy), policy.age);
    let sql =
        format!(r#"SELECT "id" FROM {from} WHERE {old} AND NOT {held} ORDER BY {age}, "id" LIMIT {REMOVED_ROWS}"#);
    let found = select(conn, &sql, vec![before.into()]).await?;
    let ids = found.iter().map(|row| Ok(row.try_get("", "id")?)).collect::<Result<Vec<Uuid>>>()?;
    if ids.is_empty() {
        return Ok(0);
    }
    remove_these(conn, policy, before, &ids).await
}

/// Removes rows by their ids, as far as they are still old enough and not held.
async fn remove_these(conn: &Conn, policy: &Policy, before: DateTime<Utc>, ids: &[Uuid]) -> Result<u64> {
    let backend = conn.get_database_backend();
    if let Some((table, column)) = policy.with {
        let (these, values) = among(backend, &format!(r#""{column}""#), ids, 1);
        execute(conn, &format!(r#"DELETE FROM "~tenant"."{table}" WHERE {these}"#), values).await?;
    }
    let (these, mut values) = among(backend, r#"t."id""#, ids, 2);
    values.insert(0, before.into());
    let sql = format!("DELETE FROM {} WHERE {} AND {these} AND NOT {}", from(policy), is_old(policy), is_held(policy));
    execute(conn, &sql, values).await
}

/// Archives the oldest rows of before an instant that are not held, and removes them; returns how far it is, and how many rows
/// those were.
///
/// # Errors
/// [`Error::Unavailable`] where the database or the storage is away, [`Error::Internal`] where the storage holds something else:
/// then nothing was removed.
pub async fn archive_rows(
    db: &Db,
    storage: &dyn Storage,
    cx: &Cx,
    progressing: &Progressing,
    policy: &'static Policy,
    before: DateTime<Utc>,
) -> Result<(Step, u64)> {
    let conn = db.reader(cx).await?;
    let columns = columns_of(&conn, policy.table).await?;
    let json = &as_json(conn.get_database_backend(), &columns);
    let (from, old, held, age) = (&from(policy), is_old(policy), is_held(policy), policy.age);
    let sql = format!(
        r#"SELECT "id", {age} AS at, {json} AS line FROM {from} WHERE {old} AND NOT {held} ORDER BY {age}, "id" LIMIT {ARCHIVED_ROWS}"#
    );
    let mut batch = Batch { ids: Vec::new(), at: Vec::new(), lines: Vec::new(), chain: None };
    let mut text = 0;
    for row in select(&conn, &sql, vec![before.into()]).await? {
        let line: String = row.try_get("", "line")?;
        text += line.len();
        if text > TEXT && !batch.ids.is_empty() {
            break;
        }
        batch.ids.push(row.try_get("", "id")?);
        batch.at.push(row.try_get("", "at")?);
        batch.lines.push(line);
    }
    drop(conn);
    let step = progressing.step();
    if batch.ids.is_empty() {
        return Ok((step, 0));
    }
    let rows = batch.ids.len() as u64;
    let archive = &write(db, storage, cx, progressing, (policy, &columns), &batch).await?;
    let after = &progressing.moved(archive);
    let batch = &batch;
    let sealed = db
        .transact(cx, "archive.seal", |tx| async move {
            let conn = tx.conn();
            let backend = conn.get_database_backend();
            note(&tx, cx, after).await?;
            seal(&tx, cx, archive).await?;
            let (these, values) = among(backend, r#"t."id""#, &batch.ids, 1);
            let lock = locked(backend);
            let sql = format!(r#"SELECT "id", {json} AS line FROM {from} WHERE {these} ORDER BY "id" {lock}"#);
            let mut here = HashMap::new();
            for row in select(conn, &sql, values).await? {
                here.insert(row.try_get::<Uuid>("", "id")?, row.try_get::<String>("", "line")?);
            }
            let same = batch.ids.iter().zip(&batch.lines).all(|(id, line)| here.get(id) == Some(line));
            if !same || remove_these(conn, policy, before, &batch.ids).await? != batch.ids.len() as u64 {
                // Somebody changed one meanwhile, removed it, or had it held.
                return Err(Error::Conflict { message: CHANGED.into(), retryable: false });
            }
            Ok(())
        })
        .await;
    match sealed {
        Ok(()) => Ok((after.step(), rows)),
        Err(error) => Err(given_up(storage, archive, error).await?),
    }
}

/// What is said of rows that are not as they were archived.
pub const CHANGED: &str = "rows were changed while they were archived";
