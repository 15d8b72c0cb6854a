//! What happens in the background: sealing events, running jobs, hearing other processes, cleaning up.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use kernel::{
    Error, Result, Tenant,
    cx::Origin,
    db::{TenantKey, Wake, listen, say},
    id::TenantId,
    jobs::{self, Job},
};
use tokio::{sync::Notify, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    background::{
        answers,
        cleaning::clean,
        clocks,
        errors::by_clock,
        failed_jobs::{self, Why},
        notifications::{self, Positions},
        panics::survived,
        work::{handle, patience},
    },
    wiring::{answers::WORD, app::App, presence},
};

/// How long commits are gathered before they are sealed.
const GATHER: Duration = Duration::from_millis(4);
/// How long sealed events are gathered before people are told.
const NOTIFY: Duration = Duration::from_millis(50);
/// How long requests are gathered before the other processes are told of them.
const SHARE: Duration = Duration::from_millis(500);
/// How long a process that stops lets its jobs end; what is cut off is done again by another when its lease ends.
const DRAIN: Duration = Duration::from_secs(7);
/// After which time what panicked is begun anew.
const ANEW: Duration = Duration::from_secs(1);
/// How many jobs of one tenant run at a time in a process.
const JOBS: usize = 8;
/// How many tenants are sealed at a time.
const TENANTS: usize = 4;

/// Starts the background work of this process; it ends when `stop` is cancelled. Sealing and hearing always run, jobs
/// only where `with_jobs` is set.
pub fn start(app: &Arc<App>, with_jobs: bool, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let app = || app.clone();
    tasks.spawn(until(stop.clone(), "sealing events", app(), seal));
    tasks.spawn(until(stop.clone(), "handing events on", app(), route));
    tasks.spawn(until(stop.clone(), "hearing other processes", app(), hear));
    tasks.spawn(until(stop.clone(), "looking at every tenant", app(), sweep));
    tasks.spawn(until(stop.clone(), "telling of requests", app(), share));
    tasks.spawn(until(stop.clone(), "telling who is here", app(), attend));
    tasks.spawn(until(stop.clone(), "telling of answers", app(), answers::recite));
    if with_jobs {
        tasks.spawn(work_until(app(), stop.clone()));
        tasks.spawn(until(stop.clone(), "cleaning up", app(), clean));
        tasks.spawn(until(stop.clone(), "telling people what happened", app(), notify));
    }
    tasks
}

/// Does something that has no end until `stop` is cancelled.
async fn until<T, W>(stop: CancellationToken, what: &'static str, with: T, work: impl Fn(T) -> W)
where
    T: Clone,
    W: Future<Output = ()>,
{
    tokio::select! {
        () = stop.cancelled() => {}
        () = on_and_on(ANEW, what, with, work) => {}
    }
}

/// Does something that has no end. Where it panics it is begun anew after a while.
async fn on_and_on<T, W>(after: Duration, what: &str, with: T, work: impl Fn(T) -> W)
where
    T: Clone,
    W: Future<Output = ()>,
{
    while let Err(panic) = survived(work(with.clone())).await {
        tracing::error!(panic = panic.message, stack = panic.stack, "{what} panicked; it is begun anew");
        tokio::time::sleep(after).await;
    }
}

async fn tenant(app: &App, id: TenantId) -> Result<Option<Arc<Tenant>>> {
    let tenant = app.db.tenant(TenantKey::Id(id)).await?;
    Ok(tenant.filter(|tenant| tenant.schema_version.as_deref() == Some(crate::wiring::tenants::version())))
}

/// Numbers and chains what was committed, a few tenants at a time.
async fn seal(app: Arc<App>) {
    loop {
        // Commits of a few milliseconds are sealed together: one sealing costs as much as one write.
        tokio::time::sleep(GATHER).await;
        let tenants = app.db.outbox().next_unsealed().await;
        stream::iter(tenants).for_each_concurrent(TENANTS, |id| seal_tenant(&app, id)).await;
    }
}

async fn seal_tenant(app: &App, id: TenantId) {
    let sealed = async {
        if let Some(tenant) = tenant(app, id).await? {
            let count = app.db.outbox().seal(&app.db, &tenant).await?;
            metrics::counter!("frontdesk_events_sealed_total").increment(count);
        }
        Ok::<_, Error>(())
    };
    if !by_clock(app, id, "sealing events", sealed).await {
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.db.outbox().wake(id);
    }
}

/// Hands sealed events to those who follow them, a few tenants at a time.
async fn route(app: Arc<App>) {
    loop {
        let tenants = app.db.outbox().next_followed().await;
        stream::iter(tenants).for_each_concurrent(TENANTS, |id| route_tenant(&app, id)).await;
    }
}

async fn route_tenant(app: &App, id: TenantId) {
    let routed = async {
        match tenant(app, id).await? {
            Some(tenant) => app.db.outbox().hub().route(&app.db, &app.system(tenant)).await,
            None => Ok(()),
        }
    };
    if !by_clock(app, id, "handing events on", routed).await {
        tokio::time::sleep(Duration::from_millis(200)).await;
        app.db.outbox().wake_hub(id);
    }
}

/// Tells people what happened, a few tenants at a time.
async fn notify(app: Arc<App>) {
    let positions = Positions::default();
    loop {
        // Events of a moment are told together.
        tokio::time::sleep(NOTIFY).await;
        let tenants = app.db.outbox().next_sealed().await;
        stream::iter(tenants).for_each_concurrent(TENANTS, |id| notify_tenant(&app, id, &positions)).await;
    }
}

async fn notify_tenant(app: &App, id: TenantId, positions: &Positions) {
    let told = async {
        match tenant(app, id).await?.filter(|tenant| tenant.active) {
            Some(tenant) => notifications::notify_new(app, tenant, positions).await,
            None => Ok(()),
        }
    };
    // The next event, or the next sweep, finds what is left.
    by_clock(app, id, "telling people what happened", told).await;
}

/// Hands on what other processes sealed.
async fn hear(app: Arc<App>) {
    let outbox = app.db.outbox().clone();
    listen(&app.db, |wake| match wake {
        Wake::Sealed(tenant, _) => outbox.heard(tenant),
        Wake::Said(words) => match (words.strip_prefix(presence::WORD), words.strip_prefix(WORD)) {
            (Some(words), _) => app.presence.hear(words, app.source.now()),
            (_, Some(words)) => app.answers.hear(words),
            (None, None) => app.rates.hear(&words, app.source.now()),
        },
        Wake::Missed => outbox.refresh_hub(),
    })
    .await;
}

/// Tells other processes which requests were let through here. What cannot be told is not counted there.
async fn share(app: Arc<App>) {
    loop {
        app.rates.untold().await;
        // What is let through in a moment is told together.
        tokio::time::sleep(SHARE).await;
        for words in app.rates.untold_words() {
            if let Err(error) = say(&app.db, words).await {
                tracing::debug!(?error, "requests are not counted by other processes");
            }
        }
    }
}

/// Tells other processes who is here, at once and at each beat. What cannot be told is told again with the next.
async fn attend(app: Arc<App>) {
    let mut beats = tokio::time::interval(presence::BEAT);
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let words = tokio::select! {
            _ = beats.tick() => app.presence.beat(app.source.now()),
            () = app.presence.untold() => app.presence.untold_words(),
        };
        for words in words {
            if let Err(error) = say(&app.db, words).await {
                tracing::debug!(?error, "other processes do not hear who is here");
            }
        }
    }
}

/// Looks at every tenant now and then, evenly spread, for what a crash left behind.
async fn sweep(app: Arc<App>) {
    loop {
        match app.db.tenants().await {
            Ok(tenants) if !tenants.is_empty() => {
                let pause = app.schedule.sweep / u32::try_from(tenants.len()).unwrap_or(u32::MAX);
                for tenant in tenants {
                    app.db.outbox().wake(tenant.id);
                    app.db.outbox().wake_workers(tenant.id);
                    app.db.outbox().wake_followers(tenant.id);
                    tokio::time::sleep(pause).await;
                }
                app.db.outbox().refresh_hub();
            }
            Ok(_) => tokio::time::sleep(app.schedule.sweep).await,
            Err(error) => {
                tracing::warn!(?error, "the tenants could not be listed");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Runs jobs until `stop` is cancelled; those under way are finished then, and no more begun.
async fn work_until(app: Arc<App>, stop: CancellationToken) {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        () = work(app, &stop) => {}
        () = late => tracing::warn!("jobs were cut off"),
    }
}

/// Runs jobs as they come due: each tenant in a task of its own, so that one whose mail server hangs holds up no other.
async fn work(app: Arc<App>, stop: &CancellationToken) {
    let mut due: BTreeMap<Instant, TenantId> = BTreeMap::new();
    // The bell of a tenant being worked on, and whether it rang: the last ring may come when nobody listens any more.
    let mut busy: HashMap<TenantId, (Arc<Notify>, bool)> = HashMap::new();
    let mut working: JoinSet<(TenantId, Option<Duration>)> = JoinSet::new();
    loop {
        let next = due.keys().next().copied().unwrap_or_else(|| Instant::now() + app.schedule.sweep);
        let called = tokio::select! {
            () = stop.cancelled() => break,
            called = app.db.outbox().next_for_workers() => called,
            Some(done) = working.join_next() => {
                let Ok((id, wait)) = done else { continue };
                let called_again = busy.remove(&id).is_some_and(|(_, rang)| rang);
                due.retain(|_, known| *known != id);
                if let Some(wait) = wait {
                    due.insert(Instant::now() + wait, id);
                }
                if called_again { vec![id] } else { Vec::new() }
            }
            () = tokio::time::sleep_until(next) => {
                let later = due.split_off(&(Instant::now() + Duration::from_nanos(1)));
                std::mem::replace(&mut due, later).into_values().collect()
            }
        };
        for id in called {
            match busy.get_mut(&id) {
                Some((bell, rang)) => {
                    *rang = true;
                    bell.notify_one();
                }
                None => {
                    let bell = Arc::new(Notify::new());
                    busy.insert(id, (bell.clone(), false));
                    let (app, stop) = (app.clone(), stop.clone());
                    working.spawn(async move {
                        let mut wait = None;
                        let looked = async {
                            wait = work_tenant(&app, id, &bell, &stop).await?;
                            Ok(())
                        };
                        by_clock(&app, id, "looking for jobs", looked).await;
                        (id, wait)
                    });
                }
            }
        }
    }
    // What is under way is finished; `work_tenant` begins nothing more.
    while working.join_next().await.is_some() {}
}

/// Runs what is due in one tenant; returns how long until there is more. New jobs are begun as others end, so one that
/// hangs takes one place of several.
///
/// Each job is a task of its own and so goes on while others are leased: it may hold the one connection that an SQLite
/// file is written by, for which leasing waits.
async fn work_tenant(
    app: &Arc<App>,
    id: TenantId,
    bell: &Notify,
    stop: &CancellationToken,
) -> Result<Option<Duration>> {
    let Some(tenant) = tenant(app, id).await?.filter(|tenant| tenant.active) else { return Ok(None) };
    let mut running = JoinSet::new();
    // When there is next something to tell of service levels: now, whoever rang.
    let mut tell_at = Some(Instant::now());
    loop {
        // Half a batch at least, so that a long queue does not ask for its jobs one by one; and none of a tenant that was
        // suspended meanwhile. Where that cannot be known, what is under way is not cut off for it.
        let found = self::tenant(app, id).await;
        let served = found.is_ok_and(|tenant| tenant.is_some_and(|tenant| tenant.active)) && !stop.is_cancelled();
        tell_at = if served { clocks::tell_due(app, &tenant, tell_at).await } else { None };
        if running.len() <= JOBS / 2 && served {
            let cx = app.system(tenant.clone());
            let free = i64::try_from(JOBS - running.len()).unwrap_or_default();
            let leased = async { jobs::lease(&app.db.bookkeeping(&cx).await?, cx.now, app.schedule.lease, free).await };
            match leased.await {
                Ok(jobs) => jobs.into_iter().for_each(|job| drop(running.spawn(run(app.clone(), tenant.clone(), job)))),
                Err(error) if running.is_empty() => return Err(error),
                // No reason to cut off what is under way; as soon as some of it ends, more is leased.
                Err(error) => tracing::warn!(tenant = %id, ?error, "looking for more jobs failed"),
            }
            if running.is_empty() {
                let due = jobs::next_due(&app.db.reader(&cx).await?).await?;
                if due.is_some_and(|due| due > cx.now + app.schedule.lease)
                    && jobs::pull_back(&app.db.bookkeeping(&cx).await?, cx.now, app.schedule.lease).await?
                {
                    continue;
                }
                let wait = |due: DateTime<Utc>| {
                    (due - app.source.now()).to_std().unwrap_or_default().max(Duration::from_millis(50))
                };
                let tell = tell_at.map(|at| at.saturating_duration_since(Instant::now()));
                return Ok(due.map(wait).into_iter().chain(tell).min());
            }
        }
        tokio::select! {
            ended = running.join_next() => if ended.is_none() { return Ok(None) },
            () = bell.notified() => tell_at = Some(Instant::now()),
            () = clocks::until(tell_at) => {}
        }
    }
}

/// Runs one job. A handler that fails or panics costs its job an attempt and nobody else anything.
async fn run(app: Arc<App>, tenant: Arc<Tenant>, job: Job) {
    let origin =
        Origin { transport: Some("job"), operation: Some(job.kind.clone()), job: Some(job.id), ..Origin::default() };
    let cx = app.system(tenant.clone()).from(origin).correlated(job.correlation_id.as_deref());
    let work = tokio::time::timeout(patience(&app, &job), handle(&app, &cx, &job));
    let handled = tokio::select! {
        handled = survived(work) => handled,
        never = keep(&app, &tenant, &job) => match never {},
    };
    let statements = cx.counters.statements.load(Ordering::Relaxed);
    metrics::counter!("frontdesk_job_sql_statements_total", "kind" => job.kind.clone()).increment(statements.into());
    // Where somebody else has the job by now, noting this changes nothing: what is noted belongs to the attempt.
    let (error, why) = match handled {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => (format!("{error:?}"), Why::Failed(error)),
        Ok(Err(_)) => ("took too long".into(), Why::TookTooLong),
        Err(panic) => ("panicked".into(), Why::Panicked(panic)),
    };
    let (cx, job, error) = (&cx, &job, &error);
    let noted = app
        .db
        .transact(cx, "job.fail", |tx| async move {
            Ok(jobs::fail(&tx, cx, job, error, false).await? == jobs::Verdict::Dead)
        })
        .await;
    if let Err(error) = &noted {
        // The lease runs out, and the job is tried again.
        tracing::warn!(job = %job.id, ?error, "a failed job could not be noted");
    }
    let dead = noted.is_ok_and(|dead| dead);
    let correlation_id = cx.correlation_id();
    // Who met another at the same row comes again, and nothing is wrong as long as that helps.
    if !dead && matches!(&why, Why::Failed(Error::Conflict { retryable: true, .. })) {
        tracing::info!(tenant = %tenant.slug, job = %job.id, kind = job.kind, correlation_id, error, "a job met another and is tried again");
        return;
    }
    tracing::error!(tenant = %tenant.slug, job = %job.id, kind = job.kind, correlation_id, error, "a job failed");
    failed_jobs::note(&app, cx, job, &why, dead);
}

/// Keeps the lease of a job that is being worked on. One that was lost is no reason to break off: whoever has the job
/// now has begun it already, and only one of the two can note what came of it.
async fn keep(app: &Arc<App>, tenant: &Arc<Tenant>, job: &Job) -> Infallible {
    loop {
        // It is renewed while the worker lives, so a lease is how long one waits that a crash orphaned: no process can know
        // by other means whether another one is still at it.
        tokio::time::sleep(app.schedule.lease / 3).await;
        let cx = app.system(tenant.clone());
        let renewed = async { jobs::renew(&app.db.bookkeeping(&cx).await?, job, cx.now + app.schedule.lease).await };
        match renewed.await {
            Ok(true) => {}
            Ok(false) => std::future::pending().await,
            // The next time may go better; until then nobody else can take it either.
            Err(error) => tracing::warn!(job = %job.id, ?error, "the lease of a job could not be renewed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[tokio::test]
    async fn what_panics_is_begun_anew() {
        let begun = Arc::new(AtomicUsize::new(0));
        let work = |begun: Arc<AtomicUsize>| async move {
            assert!(begun.fetch_add(1, Ordering::Relaxed) == 2, "not yet");
        };
        on_and_on(Duration::ZERO, "something", begun.clone(), work).await;
        assert_eq!(begun.load(Ordering::Relaxed), 3, "what does not panic is left alone");
    }
}
