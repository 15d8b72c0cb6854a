//! Rows of any table, by its name: their ids, themselves as lines of JSON, and their removal. For retention, whose tables are data.
//!
//! Names of tables and columns are ours, never anything that somebody sent.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use super::Conn;
use crate::{Error, Result};

/// A column of a table, as the database describes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ColumnOf {
    /// Its name.
    pub name: String,
    /// Its type, in the database's own word.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The columns of a table, in their order.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn columns_of(conn: &Conn, table: &str) -> Result<Vec<ColumnOf>> {
    let backend = conn.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT attname::text AS name, format_type(atttypid, atttypmod) AS kind FROM pg_attribute \
             WHERE attrelid = ('\"~tenant\".\"' || $1 || '\"')::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        }
        _ => "SELECT name, type AS kind FROM pragma_table_info($1) ORDER BY cid",
    };
    let found = conn.query_all_raw(Statement::from_sql_and_values(backend, sql, [table.into()])).await?;
    found.iter().map(|row| Ok(ColumnOf { name: row.try_get("", "name")?, kind: row.try_get("", "kind")? })).collect()
}

/// A row of the table `t` as one JSON object, in SQL. Bytes are hexadecimal; what the search keeps for itself is left out.
pub fn as_json(backend: DbBackend, columns: &[ColumnOf]) -> String {
    let searches = |name: &str| matches!(name, "search_id" | "search_words" | "search_vector");
    let columns = columns.iter().filter(|column| !searches(&column.name));
    match backend {
        DbBackend::Postgres => "(to_jsonb(t) - 'search_vector')::text".to_owned(),
        _ => {
            let each = columns.map(|ColumnOf { name, kind }| match kind.as_str() {
                // Of nothing `hex` makes an empty text.
                "BLOB" => format!("'{name}', CASE WHEN t.\"{name}\" IS NOT NULL THEN lower(hex(t.\"{name}\")) END"),
                _ => format!("'{name}', t.\"{name}\""),
            });
            // A function takes 127 arguments at the most here, and no table of ours is so wide.
            format!("json_object({})", each.collect::<Vec<_>>().join(", "))
        }
    }
}

/// `column` is one of these ids, whose first parameter has this number.
pub fn among(backend: DbBackend, column: &str, ids: &[Uuid], first: usize) -> (String, Vec<Value>) {
    match backend {
        DbBackend::Postgres => (format!("{column} = ANY(${first})"), vec![ids.to_vec().into()]),
        _ => {
            let places: Vec<_> = (first..first + ids.len()).map(|n| format!("${n}")).collect();
            (format!("{column} IN ({})", places.join(", ")), ids.iter().map(|id| (*id).into()).collect())
        }
    }
}

/// What makes the rows of a select nobody else's to change until the transaction ends.
pub fn locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE",
        _ => "",
    }
}

/// Runs a select.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn select(conn: &Conn, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
    Ok(conn.query_all_raw(Statement::from_sql_and_values(conn.get_database_backend(), sql, values)).await?)
}

/// Runs a statement that changes rows; returns how many.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn execute(conn: &Conn, sql: &str, values: Vec<Value>) -> Result<u64> {
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    Ok(conn.execute_raw(statement).await?.rows_affected())
}

/// The first row of a select, which has one.
///
/// # Errors
/// [`Error::Internal`] where it has none.
pub async fn one(conn: &Conn, sql: &str, values: Vec<Value>) -> Result<QueryResult> {
    let found = select(conn, sql, values).await?;
    found.into_iter().next().ok_or_else(|| Error::internal("a count has no row"))
}
