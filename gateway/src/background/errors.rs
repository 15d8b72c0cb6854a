//! What went wrong, and what was slow: noted where it happens, and written by the handful, in nobody's way.
//!
//! An error goes into a queue with room for [`ROOM`] notes, and from there into its tenant's log within [`GATHER`]. A process that is
//! told to stop writes what is in the queue first; one that dies loses what it gathered, of a second at the most. What finds no room,
//! or cannot be written, is counted, and the log says how much is missing. What a database that is away cannot take is among that.

use std::{
    collections::HashMap,
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use audit::{ErrorLevel, ErrorSource, Occurrence, SlowOperationSeen, record_errors, record_slow_operations};
use kernel::{Actor, Cx, Error, Result, Tenant, db::TenantKey, id::TenantId, id::UserId};
use moka::sync::Cache;
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    background::panics::{Panicked, survived},
    wiring::app::App,
};

/// How many notes wait at the most.
const ROOM: usize = 4096;
/// How long notes are gathered.
const GATHER: Duration = Duration::from_millis(500);
/// How often it is tried to write what was gathered.
const TRIES: u32 = 3;
/// From how long on it is looked whether an operation was slow: the shortest that a company may name.
pub const SHORTEST: Duration = Duration::from_millis(10);
/// How many slow operations of one document, and of one company, each process keeps in an hour.
const SLOW_OF_ONE: u32 = 20;
const SLOW_OF_ALL: u32 = 600;
const HOUR: Duration = Duration::from_secs(3600);

/// The notes on their way into the logs.
pub struct Errors {
    queue: mpsc::Sender<Waiting>,
    taken: Mutex<Option<mpsc::Receiver<Waiting>>>,
    missed: Mutex<HashMap<TenantId, (Arc<Tenant>, u64)>>,
    slow: Cache<(TenantId, String), Arc<AtomicU32>>,
    end: CancellationToken,
}

/// What is on its way into the log of a company.
type Waiting = (Arc<Tenant>, Noted);

enum Noted {
    Error(Box<Occurrence>),
    Slow(SlowOperationSeen),
}

impl Default for Errors {
    fn default() -> Self {
        let (queue, taken) = mpsc::channel(ROOM);
        Self {
            queue,
            taken: Mutex::new(Some(taken)),
            missed: Mutex::default(),
            slow: Cache::builder().max_capacity(100_000).time_to_live(HOUR).build(),
            end: CancellationToken::new(),
        }
    }
}

/// Whose request it is.
pub fn user_of(cx: &Cx) -> Option<UserId> {
    match &cx.actor {
        Actor::User(person) => Some(person.id),
        Actor::Platform(_) | Actor::Anonymous | Actor::System => None,
    }
}

/// How serious it is that something failed so.
pub fn level_of(error: &Error) -> ErrorLevel {
    if error.retryable() { ErrorLevel::Warn } else { ErrorLevel::Error }
}

impl Errors {
    /// Notes that something failed: `what` says what was tried, in a word or two of ours.
    pub fn failed(&self, cx: &Cx, source: ErrorSource, what: &str, error: &Error) {
        let said = format!("{what}: {}", error.detail());
        self.note(cx, Occurrence::new(cx.source().now(), level_of(error), source, error.code(), &said), Json::Null);
    }

    /// The same, of what may fail by others' mistakes too: only a fault of ours, or of what we stand on, is noted.
    pub fn fault(&self, cx: &Cx, source: ErrorSource, what: &str, error: &Error) {
        if matches!(error, Error::Internal { .. } | Error::Unavailable { .. }) {
            self.failed(cx, source, what, error);
        }
    }

    /// Notes a panic that was caught.
    pub fn panicked(&self, cx: &Cx, source: ErrorSource, what: &str, panic: &Panicked) {
        let said = format!("{what} panicked: {}", panic.message);
        let error = Occurrence::new(cx.source().now(), ErrorLevel::Critical, source, "PANIC", &said);
        self.note(cx, error.with_stack(Some(&panic.stack)), Json::Null);
    }

    /// Notes an error of the request or the work of `cx`, with what else there is to know of it.
    pub fn note(&self, cx: &Cx, error: Occurrence, more: Json) {
        if cx.tenant.is_platform() {
            return;
        }
        let mut metadata = cx.origin.way().unwrap_or_else(|| json!({}));
        for (name, value) in more.as_object().into_iter().flatten() {
            metadata[name] = value.clone();
        }
        let error = error.of_request(user_of(cx), &cx.request_id, cx.correlation_id());
        self.push(&cx.tenant, Noted::Error(Box::new(error.with_metadata(metadata))));
    }

    /// Notes an operation that may have been slow; whether it was, the company's settings say when it is written.
    pub fn slow(&self, cx: &Cx, seen: SlowOperationSeen) {
        if !cx.tenant.is_platform() {
            self.push(&cx.tenant, Noted::Slow(seen));
        }
    }

    fn push(&self, tenant: &Arc<Tenant>, noted: Noted) {
        if let Err(error) = self.queue.try_send((tenant.clone(), noted))
            && let (tenant, Noted::Error(_)) = error.into_inner()
        {
            self.miss(&tenant, 1);
        }
    }

    fn miss(&self, tenant: &Arc<Tenant>, count: u64) {
        metrics::counter!("frontdesk_errors_missed_total").increment(count);
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.entry(tenant.id).or_insert_with(|| (tenant.clone(), 0)).1 += count;
    }

    /// Whether one more slow operation of this kind is kept.
    fn keeps(&self, tenant: TenantId, document: &str) -> bool {
        let one_more = |key: &str, most: u32| {
            let count = self.slow.get_with((tenant, key.to_owned()), Arc::default);
            count.fetch_add(1, Ordering::Relaxed) < most
        };
        one_more(document, SLOW_OF_ONE) && one_more("", SLOW_OF_ALL)
    }

    /// Tells [`write`] that nothing more comes.
    pub fn close(&self) {
        self.end.cancel();
    }
}

/// Does something by the clock for one tenant: `what` says what, in a word or two of ours. What fails, or panics, is said, noted in
/// the tenant's log, and costs nobody else anything. Says whether it was done; of a tenant that cannot be found there is no log.
pub async fn by_clock(app: &App, tenant: TenantId, what: &str, work: impl Future<Output = Result<()>>) -> bool {
    let failed = match survived(work).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => Ok(error),
        Err(panic) => Err(panic),
    };
    match &failed {
        Ok(error) => tracing::warn!(%tenant, ?error, "{what} failed"),
        Err(panic) => tracing::error!(%tenant, panic = panic.message, "{what} panicked"),
    }
    if let Ok(Some(tenant)) = app.served(TenantKey::Id(tenant)).await {
        let cx = &app.system(tenant);
        match &failed {
            Ok(error) => app.errors.failed(cx, ErrorSource::Cron, what, error),
            Err(panic) => app.errors.panicked(cx, ErrorSource::Cron, what, panic),
        }
    }
    false
}

/// Writes the notes until [`Errors::close`], and what is left then.
pub async fn write(app: Arc<App>) {
    let errors = &app.errors;
    let Some(mut queue) = errors.taken.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let mut gathered = Vec::new();
    loop {
        let more = tokio::select! {
            count = queue.recv_many(&mut gathered, ROOM) => count > 0,
            () = errors.end.cancelled() => false,
        };
        if more {
            tokio::select! {
                () = tokio::time::sleep(GATHER) => {}
                () = errors.end.cancelled() => {}
            }
        } else {
            queue.close();
        }
        while let Ok(noted) = queue.try_recv() {
            gathered.push(noted);
        }
        put(&app, mem::take(&mut gathered)).await;
        if !more {
            return;
        }
    }
}

#[derive(Default)]
struct OfTenant {
    errors: Vec<Occurrence>,
    slow: Vec<SlowOperationSeen>,
}

/// Writes what was gathered, tenant by tenant.
async fn put(app: &App, gathered: Vec<Waiting>) {
    let mut tenants: HashMap<TenantId, (Arc<Tenant>, OfTenant)> = HashMap::new();
    let mut of = |tenant: Arc<Tenant>, add: &mut dyn FnMut(&mut OfTenant)| {
        add(&mut tenants.entry(tenant.id).or_insert_with(|| (tenant, OfTenant::default())).1);
    };
    for (tenant, noted) in gathered {
        let mut noted = Some(noted);
        of(tenant, &mut |all| match noted.take() {
            Some(Noted::Error(error)) => all.errors.push(*error),
            Some(Noted::Slow(seen)) => all.slow.push(seen),
            None => {}
        });
    }
    let missed = mem::take(&mut *app.errors.missed.lock().unwrap_or_else(PoisonError::into_inner));
    for (tenant, count) in missed.into_values() {
        let said = "errors found no room in the queue, or could not be written";
        let error = Occurrence::new(app.source.now(), ErrorLevel::Error, ErrorSource::Cron, "ERRORS_MISSED", said);
        let mut error = Some(error.with_metadata(json!({ "count": count })));
        of(tenant, &mut |all| all.errors.extend(error.take()));
    }
    for (tenant, all) in tenants.into_values() {
        let cx = &app.system(tenant.clone());
        if !all.slow.is_empty()
            && let Err(error) = put_slow(app, cx, all.slow).await
        {
            tracing::warn!(tenant = %tenant.slug, ?error, "slow operations could not be noted");
        }
        put_errors(app, cx, &all.errors).await;
    }
}

async fn put_errors(app: &App, cx: &Cx, errors: &[Occurrence]) {
    for tried in 1..=TRIES {
        if errors.is_empty() {
            return;
        }
        let record = |tx| async move { record_errors(&tx, cx, errors).await };
        match app.db.transact(cx, "error.record", record).await {
            Ok(()) => {
                metrics::counter!("frontdesk_errors_recorded_total").increment(errors.len() as u64);
                return;
            }
            Err(error) if tried == TRIES => {
                tracing::error!(tenant = %cx.tenant.slug, count = errors.len(), ?error, "errors could not be recorded");
                app.errors.miss(&cx.tenant, errors.len() as u64);
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50 << tried)).await,
        }
    }
}

/// Writes those that were slow as the company means it.
async fn put_slow(app: &App, cx: &Cx, mut seen: Vec<SlowOperationSeen>) -> Result<()> {
    let from = app.settings.whole(cx, identity::OBSERVABILITY_SLOW_OPERATION_MS).await?.unsigned_abs();
    seen.retain(|seen| seen.duration_ms >= from && app.errors.keeps(cx.tenant.id, &seen.document_hash));
    if seen.is_empty() {
        return Ok(());
    }
    metrics::counter!("frontdesk_slow_operations_total").increment(seen.len() as u64);
    record_slow_operations(&app.db.bookkeeping(cx).await?, cx, seen).await
}
