//! PostgreSQL connections that go from one statement straight to the next.
//!
//! The pool asks a connection for a sign of life whenever it comes back. For a statement outside of a transaction that
//! is a second round trip, and it costs about as much as finding a row by its id. So a connection whose statement went
//! well is laid on a shelf for the next statement, and comes back to the pool only when somebody waits for it there,
//! when something went wrong with it, and every half minute, so that the pool can look at its age.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sea_orm::{
    DatabaseConnection, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxPostgresConnector, Statement, sea_query::Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, Postgres, pool::PoolConnection};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// How often everything on the shelf goes back to the pool.
const ROUND: Duration = Duration::from_secs(30);

/// The pool with its shelf.
pub(super) struct PostgresPool {
    pool: PgPool,
    orm: DatabaseConnection,
    /// One place for each connection that the pool may have: statements queue here, where a connection is handed on
    /// without going back.
    places: Semaphore,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    connections: Vec<PoolConnection<Postgres>>,
    /// How many transactions wait for a connection of the pool.
    waiting: usize,
    /// Grows every half minute. A connection that was lent in an earlier round is not laid back.
    round: u64,
}

/// A connection for one statement. Unless it is kept, it goes back to the pool, which throws away a broken one.
struct Loan<'a> {
    connection: PoolConnection<Postgres>,
    round: u64,
    _place: SemaphorePermit<'a>,
}

impl PostgresPool {
    pub(super) fn new(pool: PgPool) -> Arc<Self> {
        let places = usize::try_from(pool.options().get_max_connections()).unwrap_or(1);
        let orm = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        let shared = Arc::new(Self { pool, orm, places: Semaphore::new(places), shelf: Mutex::default() });
        let weak = Arc::downgrade(&shared);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(ROUND).await;
                let Some(shared) = weak.upgrade() else { return };
                shared.clear();
            }
        });
        shared
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The pool as SeaORM knows it, for a transaction to begin on. While the guard lives, connections go back to the
    /// pool as far as it has none.
    pub(super) fn for_transaction(&self) -> (Waiting<'_>, &DatabaseConnection) {
        let mut shelf = self.shelf();
        shelf.waiting += 1;
        let spare = if self.is_short(&shelf) { shelf.connections.pop() } else { None };
        drop(shelf);
        drop(spare);
        (Waiting(self), &self.orm)
    }

    /// Connections that nobody uses.
    pub(super) fn idle(&self) -> usize {
        self.pool.num_idle() + self.shelf().connections.len()
    }

    /// Runs a statement that returns rows. One that only reads is run `again`, once, where it met a connection that had
    /// broken.
    pub(super) async fn query(&self, statement: Statement, again: bool) -> Result<Vec<QueryResult>, DbErr> {
        let (sql, values) = parts(statement);
        let mut fresh = false;
        loop {
            let mut loan = self.lend(fresh).await?;
            let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(sql.clone()), values.clone());
            match query.fetch_all(&mut *loan.connection).await {
                Ok(rows) => {
                    self.keep(loan);
                    return Ok(rows.into_iter().map(Into::into).collect());
                }
                Err(error) if again && !fresh && is_broken(&error) => {
                    // What cut this one may have cut the others.
                    self.clear();
                    fresh = true;
                }
                Err(error) => return Err(DbErr::Query(RuntimeErr::SqlxError(error.into()))),
            }
        }
    }

    /// Runs a statement that changes something.
    pub(super) async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values) = parts(statement);
        let mut loan = self.lend(false).await?;
        let query = sqlx::query_with::<Postgres, _>(AssertSqlSafe(sql), values);
        let done = query.execute(&mut *loan.connection).await.map_err(failed)?;
        self.keep(loan);
        Ok(done.into())
    }

    /// Runs a statement, or several, without values.
    pub(super) async fn execute_unprepared(&self, sql: String) -> Result<ExecResult, DbErr> {
        let mut loan = self.lend(false).await?;
        let done = loan.connection.execute(AssertSqlSafe(sql)).await.map_err(failed)?;
        self.keep(loan);
        Ok(done.into())
    }

    /// A connection from the shelf, or from the pool where there is none; a `fresh` one is from the pool and answers.
    async fn lend(&self, fresh: bool) -> Result<Loan<'_>, DbErr> {
        let patience = self.pool.options().get_acquire_timeout();
        let Ok(Ok(place)) = timeout(patience, self.places.acquire()).await else {
            return Err(unavailable(sqlx::Error::PoolTimedOut));
        };
        let (round, laid) = {
            let mut shelf = self.shelf();
            (shelf.round, if fresh { None } else { shelf.connections.pop() })
        };
        let connection = match laid {
            Some(connection) => connection,
            None => self.acquire(fresh).await.map_err(unavailable)?,
        };
        Ok(Loan { connection, round, _place: place })
    }

    async fn acquire(&self, fresh: bool) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        // All that the pool has may be broken; behind those it opens a new one.
        for _ in 0..self.pool.options().get_max_connections() {
            let mut connection = self.pool.acquire().await?;
            if !fresh || connection.ping().await.is_ok() {
                return Ok(connection);
            }
        }
        self.pool.acquire().await
    }

    /// Lays a connection on the shelf, unless it has been away from the pool for long or is missed there.
    fn keep(&self, loan: Loan<'_>) {
        let mut shelf = self.shelf();
        if loan.round == shelf.round && !self.is_short(&shelf) {
            shelf.connections.push(loan.connection);
        }
    }

    /// Gives everything on the shelf back, and what is lent when it comes back.
    fn clear(&self) {
        let mut shelf = self.shelf();
        shelf.round += 1;
        let laid = std::mem::take(&mut shelf.connections);
        drop(shelf);
        drop(laid);
    }

    /// Whether transactions wait for connections that the pool neither has nor may open.
    fn is_short(&self, shelf: &Shelf) -> bool {
        shelf.waiting > self.pool.num_idle() && self.pool.size() >= self.pool.options().get_max_connections()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostgresPool {
    fn drop(&mut self) {
        // Going back to the pool takes a runtime, which may be gone by now; closing does not.
        let shelf = self.shelf.get_mut().unwrap_or_else(PoisonError::into_inner);
        for connection in shelf.connections.drain(..) {
            drop(connection.detach());
        }
    }
}

/// See [`PostgresPool::for_transaction`].
pub(super) struct Waiting<'a>(&'a PostgresPool);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.shelf().waiting -= 1;
    }
}

fn unavailable(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn parts(statement: Statement) -> (Arc<str>, SqlxValues) {
    (statement.sql.into(), SqlxValues(statement.values.unwrap_or(Values(Vec::new()))))
}

/// Whether the connection is gone, and not just the statement refused.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // Connection exceptions, and the server's own shutdown.
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        _ => false,
    }
}
