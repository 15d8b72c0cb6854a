//! A connection that knows whose rows it may reach.

use std::sync::{Arc, atomic::Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::postgres_pool::PostgresPool;
use crate::cx::Counters;

/// A connection to one tenant's rows (or to the registry): a pool for reading, or an open transaction.
///
/// Entities name a marker schema. Every statement passes through here, where the marker becomes the quoted
/// schema of this connection. Values are bound, so text that contains the marker is untouched. A query on a
/// bare connection fails, because no schema has the marker's name.
#[derive(Clone)]
pub struct Conn {
    inner: Inner,
    marker: &'static str,
    schema: Arc<str>,
    counters: Option<Arc<Counters>>,
}

#[derive(Clone)]
pub(super) enum Inner {
    /// SQLite.
    Pool(DatabaseConnection),
    /// PostgreSQL; whether what returns rows only reads them.
    Shared(Arc<PostgresPool>, bool),
    Tx(Arc<DatabaseTransaction>),
}

impl Conn {
    pub(super) fn new(inner: Inner, marker: &'static str, schema: &str, counters: Option<Arc<Counters>>) -> Self {
        Self { inner, marker, schema: schema.into(), counters }
    }

    /// The marker that stands for the schema in statements on this connection.
    pub(crate) fn marker(&self) -> &'static str {
        self.marker
    }

    /// Puts the schema in the marker's place. The quotes of the marker stay around it; schema names are made
    /// by us of `[a-z0-9_]`, so nothing in them needs quoting.
    fn resolve(&self, sql: &str) -> String {
        if let Some(counters) = &self.counters {
            counters.statements.fetch_add(1, Ordering::Relaxed);
        }
        sql.replace(self.marker, &self.schema)
    }

    fn statement(&self, mut statement: Statement) -> Statement {
        statement.sql = self.resolve(&statement.sql);
        statement
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        match &self.inner {
            Inner::Pool(pool) => pool.get_database_backend(),
            Inner::Shared(..) => DbBackend::Postgres,
            Inner::Tx(tx) => tx.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let statement = self.statement(statement);
        match &self.inner {
            Inner::Pool(pool) => pool.execute_raw(statement).await,
            Inner::Shared(pool, _) => pool.execute(statement).await,
            Inner::Tx(tx) => tx.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = self.resolve(sql);
        match &self.inner {
            Inner::Pool(pool) => pool.execute_unprepared(&sql).await,
            Inner::Shared(pool, _) => pool.execute_unprepared(sql).await,
            Inner::Tx(tx) => tx.execute_unprepared(&sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let statement = self.statement(statement);
        match &self.inner {
            Inner::Pool(pool) => pool.query_one_raw(statement).await,
            Inner::Shared(pool, reads) => Ok(pool.query(statement, *reads).await?.into_iter().next()),
            Inner::Tx(tx) => tx.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = self.statement(statement);
        match &self.inner {
            Inner::Pool(pool) => pool.query_all_raw(statement).await,
            Inner::Shared(pool, reads) => pool.query(statement, *reads).await,
            Inner::Tx(tx) => tx.query_all_raw(statement).await,
        }
    }
}
