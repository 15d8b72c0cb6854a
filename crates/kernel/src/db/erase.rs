//! Rows of any table go, or hold other values than before: what the databases want in different words for that.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sea_query::{Alias, Condition, Expr, Order, Query},
};
use uuid::Uuid;

use super::TENANT;
use crate::{
    Conn, Result,
    held::{Blank, ERASED, ERASED_ADDRESS},
};

/// A column that refers to a row of another table.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The table with the column.
    pub table: String,
    /// The column.
    pub column: String,
    /// What it refers to.
    pub to: String,
    /// The column there.
    pub key: String,
    /// Whether it may hold nothing.
    pub nullable: bool,
}

/// The references that a database does not follow by itself.
///
/// # Errors
/// [`crate::Error::Unavailable`] where the database is away.
pub async fn references(conn: &Conn) -> Result<Vec<Reference>> {
    let backend = conn.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => format!(
            "SELECT t.relname::text AS a, x.attname::text AS b, f.relname::text AS c, y.attname::text AS d, x.attnotnull AS e \
             FROM pg_constraint o JOIN pg_class t ON t.oid = o.conrelid JOIN pg_class f ON f.oid = o.confrelid \
             JOIN LATERAL unnest(o.conkey, o.confkey) AS k (own, other) ON true \
             JOIN pg_attribute x ON x.attrelid = t.oid AND x.attnum = k.own \
             JOIN pg_attribute y ON y.attrelid = f.oid AND y.attnum = k.other \
             WHERE o.contype = 'f' AND o.confdeltype IN ('a', 'r') AND NOT t.relispartition AND NOT f.relispartition \
             AND t.relnamespace = '\"{TENANT}\"'::regnamespace ORDER BY 1, 2"
        ),
        _ => "SELECT m.name AS a, f.\"from\" AS b, f.\"table\" AS c, coalesce(f.\"to\", 'id') AS d, \
              (SELECT p.\"notnull\" FROM pragma_table_info(m.name) p WHERE p.name = f.\"from\") AS e \
              FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
              WHERE m.type = 'table' AND f.on_delete NOT IN ('CASCADE', 'SET NULL') ORDER BY 1, 2"
            .to_owned(),
    };
    let mut all = Vec::new();
    for row in conn.query_all_raw(Statement::from_sql_and_values(backend, sql, [])).await? {
        let not_null = match backend {
            DbBackend::Postgres => row.try_get::<bool>("", "e")?,
            _ => row.try_get::<Option<i64>>("", "e")?.unwrap_or_default() != 0,
        };
        all.push(Reference {
            table: row.try_get("", "a")?,
            column: row.try_get("", "b")?,
            to: row.try_get("", "c")?,
            key: row.try_get("", "d")?,
            nullable: !not_null,
        });
    }
    Ok(all)
}

/// The keys of some rows of a table as SQL has them, each as a list of its columns.
///
/// # Errors
/// [`crate::Error::Unavailable`] where the database is away.
pub async fn keys(
    conn: &Conn,
    table: &str,
    columns: &[String],
    rows: Condition,
    limit: u64,
) -> Result<Vec<Vec<String>>> {
    let postgres = conn.get_database_backend() == DbBackend::Postgres;
    let mut select = Query::select();
    select.from((Alias::new(TENANT), Alias::new(table)));
    for (n, column) in columns.iter().enumerate() {
        let quoted = match postgres {
            true => format!("quote_literal(\"{table}\".\"{column}\"::text)"),
            false => format!("quote(\"{table}\".\"{column}\")"),
        };
        select.expr_as(Expr::cust(quoted), format!("k{n}"));
        select.order_by((Alias::new(table), Alias::new(column)), Order::Asc);
    }
    select.cond_where(rows).limit(limit);
    let mut all = Vec::new();
    for row in conn.query_all(&select).await? {
        let key = (0..columns.len()).map(|n| row.try_get::<String>("", &format!("k{n}")));
        all.push(key.collect::<std::result::Result<Vec<_>, _>>()?);
    }
    Ok(all)
}

/// The condition that a row is one of these.
pub fn among(backend: DbBackend, columns: &[String], keys: &[Vec<String>]) -> String {
    let list = |keys: &[Vec<String>]| {
        let one = |key: &Vec<String>| if key.len() == 1 { key[0].clone() } else { format!("({})", key.join(", ")) };
        keys.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let names: Vec<_> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    match (names.as_slice(), backend) {
        ([one], _) => format!("{one} IN ({})", list(keys)),
        (_, DbBackend::Postgres) => format!("({}) IN ({})", names.join(", "), list(keys)),
        _ => format!("({}) IN (VALUES {})", names.join(", "), list(keys)),
    }
}

/// An id as SQL has it.
pub fn quoted_id(backend: DbBackend, id: Uuid) -> String {
    match backend {
        DbBackend::Postgres => format!("'{id}'"),
        _ => format!("X'{}'", id.simple()),
    }
}

/// What takes a row's words from it.
pub fn no_words(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "search_vector = NULL",
        _ => "search_words = ' '",
    }
}

/// A value as SQL has it that says nothing of anybody, and the condition that a row has another.
pub fn blank_value(
    backend: DbBackend,
    table: &str,
    column: &str,
    blank: Blank,
    now: DateTime<Utc>,
) -> (String, Option<String>) {
    let postgres = backend == DbBackend::Postgres;
    let own = format!("\"{table}\".\"{column}\"");
    let id = match postgres {
        true => "replace(\"id\"::text, '-', '')",
        false => "lower(hex(\"id\"))",
    };
    let value = match blank {
        Blank::Null => "NULL".to_owned(),
        Blank::Empty => "''".to_owned(),
        Blank::Name => format!("'{ERASED}'"),
        Blank::Unique => format!("'{ERASED} ' || {id}"),
        Blank::Email => format!("{id} || '{ERASED_ADDRESS}'"),
        Blank::Object => "'{}'".to_owned(),
        Blank::List => "'[]'".to_owned(),
        Blank::Zero => "'0'".to_owned(),
        Blank::Now => format!("'{}'", now.to_rfc3339()),
    };
    let other = match (blank, postgres) {
        (Blank::Now, _) => None,
        (Blank::Null, _) => Some(format!("{own} IS NOT NULL")),
        (Blank::Zero, true) => Some(format!("{own}::text NOT IN ('0', 'false')")),
        (Blank::Zero, false) => Some(format!("{own} <> 0")),
        (_, true) => Some(format!("{own}::text IS DISTINCT FROM ({value})")),
        (_, false) => Some(format!("{own} IS NOT ({value})")),
    };
    (value, other)
}

/// Makes the index of a table's words forget what the table forgot: SQLite keeps what was deleted until it is put together.
///
/// # Errors
/// [`crate::Error::Unavailable`] where the database is away.
pub async fn forget_words(conn: &Conn, table: &str) -> Result<()> {
    if conn.get_database_backend() != DbBackend::Postgres {
        let sql = format!("INSERT INTO {table}_search ({table}_search) VALUES ('optimize')");
        conn.execute_unprepared(&sql).await?;
    }
    Ok(())
}
