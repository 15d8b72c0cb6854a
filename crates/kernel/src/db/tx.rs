//! The only way to write.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde::{Serialize, de::DeserializeOwned};

use super::{CONTROL, Conn, Db, TENANT, conn::Inner, url_kind::Kind};
use crate::{
    Cx, Error, Result, Tenant,
    cx::Counters,
    events::{Envelope, Event},
    idempotency,
    personal::Met,
};

/// An open transaction on one tenant's rows. Contexts implement their ports for it.
///
/// It is handed to the work by value: a future that borrows from a closure's argument cannot be shown to be `Send`.
pub struct Tx(Arc<Open>);

struct Open {
    conn: Conn,
    events: Mutex<Vec<Envelope>>,
    jobs: AtomicBool,
}

/// The capability of announcing what happened; audit row, outbox row and subscriptions come from this.
pub trait Emit {
    /// Announces an event; it is stored when the transaction commits and lost when it does not.
    fn emit<E: Event>(&self, cx: &Cx, event: &E);
}

impl Emit for Tx {
    fn emit<E: Event>(&self, cx: &Cx, event: &E) {
        self.0.push(Envelope::of(cx, event));
    }
}

impl Open {
    fn push(&self, event: Envelope) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }
}

impl Tx {
    /// The connection inside the transaction.
    pub fn conn(&self) -> &Conn {
        &self.0.conn
    }

    /// Notes that there is something for workers, so that they are woken after the commit.
    pub fn queued_job(&self) {
        self.0.jobs.store(true, Ordering::Relaxed);
    }
}

/// How often a transaction that lost against another (deadlock, serialization, busy file) is run again.
const TRIES: u32 = 4;

impl Db {
    /// Runs `work` in a transaction of the tenant of `cx` and commits.
    ///
    /// In the same transaction: the emitted events go to the sinks, and the answer is stored under the
    /// idempotency key of `cx`, if it has one; a repeated request gets that answer and `work` does not run.
    /// On an error everything is rolled back, and the refusal of a signed-in actor's attempt is recorded in
    /// the audit trail as `action`. `work` may run more than once, so it must do nothing outside of `Tx`.
    ///
    /// # Errors
    /// What `work` fails with; [`Error::Conflict`] for a key used with another body; [`Error::NotFound`] for a repeated
    /// request of somebody who does not see what it did any more; [`Error::Unavailable`].
    pub async fn transact<T, F, W>(&self, cx: &Cx, action: &'static str, work: F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: Fn(Tx) -> W,
        W: Future<Output = Result<T>> + Send,
    {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.attempt(cx, &work).await {
                Err(error) if tried < TRIES && error.transient() => {
                    // A few milliseconds, more each time, so that the same two do not meet again.
                    let jitter = u64::from(cx.random::<1>()[0] % 8);
                    tokio::time::sleep(Duration::from_millis(u64::from(tried) * 5 + jitter)).await;
                }
                Err(error) => {
                    self.record_refusal(cx, action, &error).await;
                    return Err(error);
                }
                Ok(value) => return Ok(value),
            }
        }
    }

    async fn attempt<T, F, W>(&self, cx: &Cx, work: &F) -> Result<T>
    where
        T: Serialize + DeserializeOwned + Send,
        F: Fn(Tx) -> W,
        W: Future<Output = Result<T>> + Send,
    {
        let (open, raw) = self.begin(cx).await?;
        if let Some(key) = &cx.idempotency
            && let Some(answer) = idempotency::claim(&open.conn, cx, key, &self.keyring).await?
        {
            drop((open, raw));
            return idempotency::repeat(cx, key, answer).await;
        }
        let value = work(Tx(open.clone())).await?;
        if let Some(key) = &cx.idempotency {
            idempotency::store(&open.conn, cx, key, &value, &self.keyring).await?;
        }
        self.commit(cx, open, raw).await?;
        Ok(value)
    }

    /// Opens a transaction with neither events nor idempotency: for the machinery itself (sealing, claiming
    /// jobs), never for a use case.
    pub(crate) async fn plain<T, W>(&self, tenant: &Arc<Tenant>, work: impl FnOnce(Conn) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>> + Send,
    {
        let (conn, raw) = self.begin_raw(tenant, None).await?;
        let value = work(conn).await?;
        Arc::try_unwrap(raw).map_err(|_| Error::internal("a connection outlived its transaction"))?.commit().await?;
        Ok(value)
    }

    async fn begin(&self, cx: &Cx) -> Result<(Arc<Open>, Arc<DatabaseTransaction>)> {
        let (conn, raw) = self.begin_raw(&cx.tenant, Some(cx.counters.clone())).await?;
        Ok((Arc::new(Open { conn, events: Mutex::default(), jobs: AtomicBool::new(false) }), raw))
    }

    async fn begin_raw(
        &self,
        tenant: &Tenant,
        counters: Option<Arc<Counters>>,
    ) -> Result<(Conn, Arc<DatabaseTransaction>)> {
        let raw = match &self.kind {
            Kind::Postgres(pool) => {
                let (_waiting, pool) = pool.for_transaction();
                pool.begin_with_options(self.options()).await?
            }
            Kind::Sqlite { .. } => self.sqlite(tenant).await?.write.begin_with_options(self.options()).await?,
        };
        let raw = Arc::new(raw);
        Ok((Conn::new(Inner::Tx(raw.clone()), TENANT, self.schema(tenant), counters), raw))
    }

    fn options(&self) -> TransactionOptions {
        TransactionOptions {
            // Takes the write lock at once: a transaction that reads first and writes later would fail
            // with "busy" instead of waiting.
            sqlite_transaction_mode: (self.backend() == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        }
    }

    /// Runs `work` in a transaction of the registry and commits: for what belongs to the platform and to no tenant. It
    /// has neither events nor a chain; `work` writes its own row of `platform_events`.
    pub async fn transact_registry<T, W>(&self, work: impl FnOnce(Conn) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>> + Send,
    {
        let raw = match &self.kind {
            Kind::Postgres(pool) => {
                let (_waiting, pool) = pool.for_transaction();
                pool.begin_with_options(self.options()).await?
            }
            Kind::Sqlite { control, .. } => control.write.begin_with_options(self.options()).await?,
        };
        let raw = Arc::new(raw);
        let value = work(Conn::new(Inner::Tx(raw.clone()), CONTROL, self.registry_schema(), None)).await?;
        Arc::try_unwrap(raw).map_err(|_| Error::internal("a connection outlived its transaction"))?.commit().await?;
        Ok(value)
    }

    async fn commit(&self, cx: &Cx, open: Arc<Open>, raw: Arc<DatabaseTransaction>) -> Result<()> {
        let outlived = || Error::internal("a connection outlived its transaction");
        let Open { conn, events, jobs } = Arc::try_unwrap(open).map_err(|_| outlived())?;
        let mut events = events.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut met = Met::default();
        if !events.is_empty() {
            met = self.personal.seal(&conn, cx, &mut events).await?;
            self.outbox.write(&conn, cx, &events).await?;
        }
        drop(conn);
        let raw = Arc::try_unwrap(raw).map_err(|_| outlived())?;
        raw.commit().await?;
        self.personal.learn(cx.tenant.id, met);
        if !events.is_empty() {
            self.outbox.wake(cx.tenant.id);
        }
        if jobs.load(Ordering::Relaxed) {
            self.outbox.wake_workers(cx.tenant.id);
        }
        Ok(())
    }

    /// Writes notes into the audit trail of the tenant of `cx`, in a transaction of their own.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away; then none was written.
    pub async fn record(&self, cx: &Cx, notes: Vec<Envelope>) -> Result<()> {
        let (open, raw) = self.begin(cx).await?;
        notes.into_iter().for_each(|note| open.push(note));
        self.commit(cx, open, raw).await
    }

    /// Records what a signed-in actor tried and was refused. A fault here must not hide the refusal itself.
    async fn record_refusal(&self, cx: &Cx, action: &'static str, refusal: &Error) {
        if cx.person().is_err()
            || !matches!(
                refusal,
                Error::Forbidden { .. }
                    | Error::Duty(_)
                    | Error::NotFound { .. }
                    | Error::Conflict { .. }
                    | Error::Outdated { .. }
                    | Error::Invalid(_)
            )
        {
            return;
        }
        let envelope = Envelope::refused(cx, action, refusal);
        if let Err(error) = self.record(cx, vec![envelope]).await {
            tracing::error!(request_id = %cx.request_id, action, ?error, "a refusal could not be recorded");
        }
    }
}
