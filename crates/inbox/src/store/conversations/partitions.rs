//! PostgreSQL's tables of the months. On SQLite there is one table for all.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::{Cx, Db, Result, Tx, db::has_parts};
use sea_orm::{ConnectionTrait, Statement};

use crate::domain::conversations::months::Month;

/// The whole.
const WHOLE: &str = r#""~tenant"."conversation_messages""#;
/// How many months ahead there are tables.
const AHEAD: u32 = 2;
/// How many months back there may be: what is older stays where the rest is.
const BACK: u32 = 12;

/// Makes the tables of this month, of the next two, and of those that something lies in which has none yet; and takes away those
/// that are empty and end before `hot`. Others read and write meanwhile, but for the moment in which a table begins or ends.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn keep_months(db: &Db, cx: &Cx, hot: DateTime<Utc>) -> Result<()> {
    if !has_parts(db.backend()) {
        return Ok(());
    }
    let now = Month::of(cx.now);
    let conn = db.reader(cx).await?;
    let there = months(&conn).await?;
    let mut wanted: BTreeSet<_> = (0..=AHEAD).map(|n| now.later(n)).collect();
    wanted.extend(without_table(&conn).await?.into_iter().filter(|month| (now.earlier(BACK)..=now).contains(month)));
    for month in wanted.difference(&there) {
        let begun = db.transact(cx, "conversations.begin_month", |tx| async move { begin(&tx, *month).await });
        later(*month, begun.await);
    }
    for month in there.iter().filter(|month| month.end() <= hot && **month < now.earlier(1)) {
        let ended = db.transact(cx, "conversations.end_month", |tx| async move { end_if_empty(&tx, *month).await });
        later(*month, ended.await);
    }
    Ok(())
}

/// How long a table of a month waits for others. Longer, and it would wait for one that waits for it, which the database ends by
/// breaking off either of the two after a second: it must never be the other.
const PATIENCE: &str = "SET LOCAL lock_timeout = '200ms'";

/// What could not be done now is done the next time: there are tables ahead, and what is elsewhere is found there.
fn later(month: Month, done: Result<()>) {
    if let Err(error) = done {
        tracing::info!(month = month.word(), ?error, "the table of a month waits for the next time");
    }
}

fn raw(conn: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_sql_and_values(conn.get_database_backend(), sql, [])
}

/// The months that there are tables of.
async fn months(conn: &impl ConnectionTrait) -> Result<BTreeSet<Month>> {
    let sql = format!(
        "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = '{WHOLE}'::regclass"
    );
    let mut found = BTreeSet::new();
    for row in conn.query_all_raw(raw(conn, &sql)).await? {
        let name: String = row.try_get("", "name")?;
        found.extend(name.strip_prefix("conversation_messages_").and_then(Month::of_word));
    }
    Ok(found)
}

/// The months of what lies where the rest is.
async fn without_table(conn: &impl ConnectionTrait) -> Result<BTreeSet<Month>> {
    let sql = r#"SELECT DISTINCT date_trunc('month', "received_at" AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month
                 FROM "~tenant"."conversation_messages_default""#;
    let mut found = BTreeSet::new();
    for row in conn.query_all_raw(raw(conn, sql)).await? {
        found.insert(Month::of(row.try_get("", "month")?));
    }
    Ok(found)
}

fn table(month: Month) -> String {
    format!(r#""~tenant"."conversation_messages_{}""#, month.word())
}

async fn begin(tx: &Tx, month: Month) -> Result<()> {
    let conn = tx.conn();
    // Of two processes one makes it, and the other finds it. Whoever writes takes the conversation before its messages.
    let lock = r#"LOCK TABLE "~tenant"."conversations" IN SHARE ROW EXCLUSIVE MODE"#;
    conn.execute_unprepared(&format!("{PATIENCE}; {lock}; LOCK TABLE {WHOLE} IN SHARE UPDATE EXCLUSIVE MODE")).await?;
    if months(conn).await?.contains(&month) {
        return Ok(());
    }
    let (table, from, to) = (table(month), month.first().to_rfc3339(), month.end().to_rfc3339());
    // What is to lie in it must not be where the rest is when it begins, and nothing may come there meanwhile.
    let sql = format!(
        r#"LOCK TABLE "~tenant"."conversation_messages_default" IN ACCESS EXCLUSIVE MODE;
           CREATE TABLE {table} (LIKE {WHOLE} INCLUDING ALL);
           WITH moved AS (
               DELETE FROM "~tenant"."conversation_messages_default"
               WHERE "received_at" >= '{from}' AND "received_at" < '{to}' RETURNING *
           )
           INSERT INTO {table} SELECT * FROM moved;
           ALTER TABLE {WHOLE} ATTACH PARTITION {table} FOR VALUES FROM ('{from}') TO ('{to}')"#
    );
    conn.execute_unprepared(&sql).await?;
    Ok(())
}

async fn end_if_empty(tx: &Tx, month: Month) -> Result<()> {
    let (conn, table) = (tx.conn(), table(month));
    // Looked at first without holding anybody up.
    let holds = format!("SELECT EXISTS (SELECT FROM {table}) AS holds");
    let is_empty = async || -> Result<bool> {
        let row = conn.query_one_raw(raw(conn, &holds)).await?;
        Ok(row.map(|row| row.try_get::<bool>("", "holds")).transpose()? == Some(false))
    };
    if !is_empty().await? {
        return Ok(());
    }
    let lock = format!(r#"LOCK TABLE "~tenant"."conversations", {WHOLE} IN ACCESS EXCLUSIVE MODE"#);
    conn.execute_unprepared(&format!("{PATIENCE}; {lock}")).await?;
    if months(conn).await?.contains(&month) && is_empty().await? {
        conn.execute_unprepared(&format!("ALTER TABLE {WHOLE} DETACH PARTITION {table}; DROP TABLE {table}")).await?;
    }
    Ok(())
}
