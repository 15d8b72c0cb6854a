//! Writing many rows at a time, on both databases.

use chrono::{DateTime, Utc};
use kernel::{Conn, Result, db::search};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

/// One column of many rows.
pub enum Column {
    /// Ids.
    Ids(Vec<Uuid>),
    /// Ids of which some are absent.
    MaybeIds(Vec<Option<Uuid>>),
    /// Texts.
    Texts(Vec<String>),
    /// Texts of which some are absent; none is empty.
    MaybeTexts(Vec<Option<String>>),
    /// What rows are found by, as [`search::stored_words`] gives it; the column is called as each database has it.
    Sought(Vec<String>),
    /// Words of ours.
    Words(Vec<&'static str>),
    /// Numbers.
    Numbers(Vec<i32>),
    /// Instants.
    Times(Vec<DateTime<Utc>>),
    /// Instants of which some are absent; none is the epoch.
    MaybeTimes(Vec<Option<DateTime<Utc>>>),
    /// Bytes.
    Bytes(Vec<Vec<u8>>),
    /// Yes or no.
    Flags(Vec<bool>),
}

/// Rows of one table, column by column.
pub struct Rows {
    table: &'static str,
    columns: Vec<(&'static str, Column)>,
    len: usize,
}

impl Rows {
    /// `len` rows of a table. Every column has that many values.
    pub fn new(table: &'static str, len: usize, columns: Vec<(&'static str, Column)>) -> Self {
        Self { table, columns, len }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Writes them.
    pub async fn insert(self, conn: &Conn) -> Result<()> {
        if self.len == 0 {
            return Ok(());
        }
        match conn.get_database_backend() {
            DbBackend::Postgres => self.insert_arrays(conn).await,
            _ => self.insert_values(conn).await,
        }
    }

    fn names(&self, backend: DbBackend) -> String {
        let name = |(name, column): &(&'static str, Column)| match column {
            Column::Sought(_) => search::words_column(backend),
            _ => *name,
        };
        self.columns.iter().map(|column| format!(r#""{}""#, name(column))).collect::<Vec<_>>().join(", ")
    }

    /// PostgreSQL: one array a column, so that the statement is short and always the same.
    async fn insert_arrays(self, conn: &Conn) -> Result<()> {
        let (table, backend) = (self.table, conn.get_database_backend());
        let names = self.names(backend);
        let (mut arrays, mut selected, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (name, column)) in self.columns.into_iter().enumerate() {
            let sought = matches!(column, Column::Sought(_));
            let name = if sought { search::words_column(backend) } else { name };
            let (kind, absent, array) = column.array();
            arrays.push(format!("${}::{kind}[]", at + 1));
            selected.push(if sought {
                search::words_from(backend, &format!(r#"s."{name}""#))
            } else if absent.is_empty() {
                format!(r#"s."{name}""#)
            } else {
                format!(r#"nullif(s."{name}", {absent})"#)
            });
            values.push(array);
        }
        let (arrays, selected) = (arrays.join(", "), selected.join(", "));
        let sql = format!(
            r#"INSERT INTO "~tenant"."{table}" ({names}) SELECT {selected} FROM unnest({arrays}) AS s ({names})"#
        );
        conn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }

    /// SQLite: as many rows a statement as pay off; it has few parameters to offer and no round trips to save.
    async fn insert_values(self, conn: &Conn) -> Result<()> {
        const ROWS: usize = 200;
        let (table, backend) = (self.table, conn.get_database_backend());
        let names = self.names(backend);
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let mut columns: Vec<_> = self.columns.into_iter().map(|(_, column)| column.values().into_iter()).collect();
        let mut left = self.len;
        while left > 0 {
            let rows = left.min(ROWS);
            left -= rows;
            let mut values = Vec::with_capacity(rows * columns.len());
            for _ in 0..rows {
                values.extend(columns.iter_mut().filter_map(Iterator::next));
            }
            let sql =
                format!(r#"INSERT INTO "~tenant"."{table}" ({names}) VALUES {}"#, vec![row.as_str(); rows].join(", "));
            conn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
        Ok(())
    }
}

impl Column {
    /// PostgreSQL's element type, what stands for an absent value (SeaORM's arrays hold none), and the array.
    fn array(self) -> (&'static str, &'static str, Value) {
        match self {
            Self::Ids(ids) => ("uuid", "", ids.into()),
            Self::MaybeIds(ids) => (
                "uuid",
                "'00000000-0000-0000-0000-000000000000'",
                ids.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().into(),
            ),
            Self::Texts(texts) | Self::Sought(texts) => ("text", "", texts.into()),
            Self::MaybeTexts(texts) => {
                ("text", "''", texts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().into())
            }
            Self::Words(words) => ("text", "", words.into_iter().map(str::to_owned).collect::<Vec<_>>().into()),
            Self::Numbers(numbers) => ("integer", "", numbers.into()),
            Self::Times(times) => ("timestamptz", "", times.into()),
            Self::MaybeTimes(times) => {
                ("timestamptz", "'epoch'", times.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().into())
            }
            Self::Bytes(bytes) => ("bytea", "", bytes.into()),
            Self::Flags(flags) => ("boolean", "", flags.into()),
        }
    }

    fn values(self) -> Vec<Value> {
        fn each<T: Into<Value>>(values: Vec<T>) -> Vec<Value> {
            values.into_iter().map(Into::into).collect()
        }
        match self {
            Self::Ids(ids) => each(ids),
            Self::MaybeIds(ids) => each(ids),
            Self::Texts(texts) | Self::Sought(texts) => each(texts),
            Self::MaybeTexts(texts) => each(texts),
            Self::Words(words) => each(words),
            Self::Numbers(numbers) => each(numbers),
            Self::Times(times) => each(times),
            Self::MaybeTimes(times) => each(times),
            Self::Bytes(bytes) => each(bytes),
            Self::Flags(flags) => each(flags),
        }
    }
}

/// Prepares the transaction for rows by the million and drops the indexes of the tables that get most of them, except
/// those that keep values unique. Returns how they are made again.
pub async fn drop_indexes(conn: &Conn) -> Result<Vec<String>> {
    let backend = conn.get_database_backend();
    let (settings, indexes) = match backend {
        DbBackend::Postgres => (
            "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'",
            r#"SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_get_indexdef(i.indexrelid) AS sql
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
               JOIN pg_namespace n ON n.oid = t.relnamespace
               WHERE n.nspname = '~tenant' AND t.relname IN ('visitors', 'visitor_words', 'messages', 'message_replies') AND NOT i.indisunique
               ORDER BY c.relname"#,
        ),
        _ => (
            "PRAGMA cache_size = -262144",
            r#"SELECT '"' || name || '"' AS name, sql AS sql FROM sqlite_schema
               WHERE type = 'index' AND tbl_name IN ('visitors', 'visitor_words', 'messages', 'message_replies')
                 AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY name"#,
        ),
    };
    conn.execute_unprepared(settings).await?;
    let mut made_by = Vec::new();
    for row in conn.query_all_raw(Statement::from_sql_and_values(backend, indexes, [])).await? {
        let name: String = row.try_get("", "name")?;
        conn.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        made_by.push(row.try_get("", "sql")?);
    }
    Ok(made_by)
}

/// Makes the indexes again and counts what the planner wants to know.
pub async fn make_indexes(conn: &Conn, indexes: &[String]) -> Result<()> {
    for sql in indexes {
        conn.execute_unprepared(sql).await?;
    }
    let analyze = match conn.get_database_backend() {
        DbBackend::Postgres => {
            r#"ANALYZE "~tenant"."visitors", "~tenant"."visitor_words", "~tenant"."messages", "~tenant"."message_replies", "~tenant"."users", "~tenant"."departments""#
        }
        _ => "PRAGMA analysis_limit = 1000; ANALYZE",
    };
    conn.execute_unprepared(analyze).await?;
    Ok(())
}
