//! Opening databases: what differs between the two, and the bounds that both get.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use moka::future::Cache;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    postgres_pool::PostgresPool,
    url_kind::{Kind, Pair},
};
use crate::{Error, Result, tenant::Tenant};

/// Bounds of the database connections.
#[derive(Debug, Clone)]
pub struct Options {
    /// PostgreSQL: connections of the shared pool.
    pub max_connections: u32,
    /// PostgreSQL: prepared statements kept for each connection. Each costs the server some 10–50 KiB of
    /// memory a connection, so think tenants in use × statements (about 40) × connections.
    pub statement_cache: usize,
    /// How long to wait for a connection before answering `UNAVAILABLE`.
    pub acquire_timeout: Duration,
    /// PostgreSQL: how long one statement may run.
    pub statement_timeout: Duration,
    /// SQLite: how many tenants' files stay open.
    pub open_tenants: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 16,
            statement_cache: 1000,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            open_tenants: 64,
        }
    }
}

pub(super) async fn open(url: &str, options: &Options) -> Result<Kind> {
    if let Some(path) = sqlite_path(url) {
        let dir = tenant_dir(&path);
        std::fs::create_dir_all(&dir).map_err(Error::unavailable)?;
        let tenants =
            Cache::builder().max_capacity(options.open_tenants).time_to_idle(Duration::from_secs(600)).build();
        return Ok(Kind::Sqlite { control: sqlite_pair(&path, true).await?, dir, tenants });
    }
    let connect = postgres_options(url)?.statement_cache_capacity(options.statement_cache).options([
        ("statement_timeout", options.statement_timeout.as_millis().to_string()),
        ("lock_timeout", "5000".to_owned()),
        ("idle_in_transaction_session_timeout", "30000".to_owned()),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        // A connection that the server closed is found at its first use and replaced; asking before every
        // use would cost a round trip each.
        .test_before_acquire(false)
        .max_lifetime(Duration::from_secs(1800))
        .connect_with(connect)
        .await?;
    Ok(Kind::Postgres(PostgresPool::new(pool)))
}

fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(Error::internal("the database URL must begin with sqlite:// or postgres://"));
    }
    // The URL holds a password; the parser's error could repeat it.
    Ok(PgConnectOptions::from_str(url)
        .map_err(|_| Error::internal("the database URL is not a valid postgres:// URL"))?
        .application_name("frontdesk"))
}

pub(super) fn sqlite_path(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"))
        .map(|path| PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Where the tenants' files of a registry file live.
pub(super) fn tenant_dir(registry: &Path) -> PathBuf {
    registry.with_extension("tenants")
}

/// How a file is read and written.
pub(super) async fn sqlite_pair(path: &Path, create: bool) -> Result<Pair> {
    pair(sqlite_options(path, create)?).await
}

fn sqlite_options(path: &Path, create: bool) -> Result<SqliteConnectOptions> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(Error::unavailable)?;
    }
    Ok(SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write survives power loss.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(500))
}

/// Readers in a pool and one writer: a single connection would halve reads, four writers would only
/// queue inside SQLite and lengthen the tail.
async fn pair(options: SqliteConnectOptions) -> Result<Pair> {
    let pool = |max: u32| {
        SqlitePoolOptions::new()
            .max_connections(max)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(300))
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(is_out_of_transactions(connection)))
    };
    let write = pool(1).connect_with(options.clone()).await?;
    let read = pool(4).connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Pair {
        read: SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
        write: SqlxSqliteConnector::from_sqlx_sqlite_pool(write),
    })
}

/// Whether whoever had a connection before has left no transaction in it. Where the disk is full or fails, SQLite rolls back by
/// itself, and the driver goes on counting a transaction that is none: what came after would be savepoints in one that nobody
/// commits. Such a connection is closed, and another opened.
async fn is_out_of_transactions(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // One that was dropped a moment ago is rolled back when its turn comes, before this.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// A connection of its own for migrating the registry (`None`) or one tenant: unqualified names mean that
/// schema. Statements may run long there, and nobody needs to read all of a schema in the log for it.
pub async fn migration_connection(url: &str, tenant: Option<&Tenant>) -> Result<DatabaseConnection> {
    if let Some(path) = sqlite_path(url) {
        let path = tenant.map_or(path.clone(), |t| tenant_dir(&path).join(format!("{}.db", t.schema_name)));
        return Ok(pair(sqlite_options(&path, true)?.disable_statement_logging()).await?.write);
    }
    let schema = tenant.map_or("public", |t| t.schema_name.as_str());
    let options = postgres_options(url)?.options([("search_path", schema), ("lock_timeout", "60000")]);
    let options = options.disable_statement_logging();
    let pool =
        PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10)).connect_with(options).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}
