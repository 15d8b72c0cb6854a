//! Tables as the databases describe them, and what differs between them in reading any row of any table.

use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sea_query::{Expr, SimpleExpr},
};

use super::{Conn, TENANT};
use crate::Result;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// An id.
    Id,
    /// JSON.
    Json,
    /// Yes or no.
    Boolean,
    /// Anything else.
    Other,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in their order.
    pub columns: Vec<(String, Holds)>,
    /// Those that tell its rows apart.
    pub key: Vec<String>,
}

impl Table {
    /// Whether its rows have ids of their own.
    pub fn has_ids(&self) -> bool {
        self.columns.iter().any(|(name, holds)| name == "id" && *holds == Holds::Id)
    }
}

/// Reads what a table is.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn shape(conn: &Conn, name: &'static str) -> Result<Table> {
    let backend = conn.get_database_backend();
    let postgres = backend == DbBackend::Postgres;
    let columns = if postgres {
        format!(
            "SELECT column_name::text AS name, data_type::text AS type FROM information_schema.columns \
             WHERE table_schema = '{TENANT}' AND table_name = '{name}' ORDER BY ordinal_position"
        )
    } else {
        format!("SELECT name, type FROM pragma_table_info('{name}') ORDER BY cid")
    };
    let key = if postgres {
        format!(
            "SELECT a.attname::text AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid \
             AND a.attnum = ANY (i.indkey) WHERE i.indrelid = '\"{TENANT}\".\"{name}\"'::regclass AND i.indisprimary"
        )
    } else {
        format!("SELECT name FROM pragma_table_info('{name}') WHERE pk > 0 ORDER BY pk")
    };
    let mut table = Table { name, columns: Vec::new(), key: Vec::new() };
    // SQLite says the same of texts and of JSON; what a table was made with does not.
    let mut made = String::new();
    if !postgres {
        let sql = format!("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{name}'");
        if let Some(row) = conn.query_one_raw(Statement::from_sql_and_values(backend, sql, [])).await? {
            made = row.try_get("", "sql")?;
        }
    }
    for row in conn.query_all_raw(Statement::from_sql_and_values(backend, columns, [])).await? {
        let (column, ty): (String, String) = (row.try_get("", "name")?, row.try_get("", "type")?);
        let holds = match ty.as_str() {
            "uuid" => Holds::Id,
            // Of SQLite's bytes the length tells.
            "BLOB" if column == "id" || column.ends_with("_id") => Holds::Id,
            "jsonb" => Holds::Json,
            "TEXT" if is_json(&made, &column) => Holds::Json,
            "boolean" | "BOOLEAN" => Holds::Boolean,
            _ => Holds::Other,
        };
        table.columns.push((column, holds));
    }
    for row in conn.query_all_raw(Statement::from_sql_and_values(backend, key, [])).await? {
        table.key.push(row.try_get("", "name")?);
    }
    Ok(table)
}

/// Whether a column was made to hold JSON, which migrations write in capitals.
fn is_json(made: &str, column: &str) -> bool {
    let words: Vec<_> =
        made.split(|c: char| c.is_whitespace() || "(,\"".contains(c)).filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|two| two == [column, "TEXT"])
}

/// A whole row as one JSON text.
pub fn as_json(backend: DbBackend, table: &Table) -> String {
    if backend == DbBackend::Postgres {
        return format!("to_jsonb(\"{}\")::text", table.name);
    }
    let one = |(column, _): &(String, Holds)| {
        format!(
            "'{column}', CASE typeof(\"{column}\") WHEN 'blob' THEN '\\x' || lower(hex(\"{column}\")) ELSE \"{column}\" END"
        )
    };
    // So many columns at a time as a call may have arguments.
    let parts = table.columns.chunks(40).map(|columns| {
        let columns: Vec<_> = columns.iter().map(one).collect();
        format!("json_object({})", columns.join(", "))
    });
    let parts: Vec<_> = parts.collect();
    parts.join(" || char(10) || ")
}

/// The typed ids of a table's rows as texts (`msg_…`).
pub fn typed_ids(backend: DbBackend, prefix: &str, table: &str) -> SimpleExpr {
    Expr::cust(match backend {
        DbBackend::Postgres => format!("'{prefix}_' || replace(\"{table}\".\"id\"::text, '-', '')"),
        _ => format!("'{prefix}_' || lower(hex(\"{table}\".\"id\"))"),
    })
}

/// Whether a word stands anywhere in a column, as it is.
pub fn stands_in(backend: DbBackend, table: &str, column: &str, word: String) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => {
            Expr::cust_with_values(format!("strpos(\"{table}\".\"{column}\"::text, $1) > 0"), [word])
        }
        _ => Expr::cust_with_values(format!("instr(\"{table}\".\"{column}\", ?) > 0"), [word]),
    }
}
