//! A task is done: by a job, so that it is done again where a process dies over it. What follows from it happens in the
//! transaction that notes it as done, so it happens once, whatever crashes.

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveTime, Utc};
use kernel::{
    Cx, Db, Error, Result,
    db::Emit,
    id::AiTaskId,
    jobs::{self, Job, Verdict, Work},
    outgoing::Again,
};
use serde::{Deserialize, Serialize};

use super::queue::queue_ai_task;
use crate::{
    domain::ai_tasks::{
        events::{AiTaskCompleted, AiTaskFailed},
        material::{Asked, Given, Nothing, Price, Subject},
    },
    ports::ai_tasks::{AiProvider, Effects, Subjects, Tasks},
    queries::ai_tasks::{begin, spent_on, under_way, wait},
    store::ai_tasks::task::{AiFailure, AiProviderName, AiTaskStatus, AiTaskType, Model as AiTask},
};

/// How often a task is tried before it is given up.
pub const ATTEMPTS: i32 = 6;

/// The job: do this task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunAiTask {
    /// It.
    pub task: AiTaskId,
}

impl Work for RunAiTask {
    const KIND: &'static str = "crm_leads.run_ai_task";
}

/// What tasks are done with.
pub struct AiBench<'a> {
    /// Whether the company has any done.
    pub is_on: bool,
    /// What there is of their subjects.
    pub subjects: &'a dyn Subjects,
    /// Those who do them.
    pub providers: &'a [std::sync::Arc<dyn AiProvider>],
    /// What follows.
    pub effects: &'a dyn Effects,
    /// How long one may take.
    pub patience: Duration,
    /// What the provider costs.
    pub price: Price,
    /// How many tokens a day there are for providers that count them; no limit where it is `None`.
    pub daily_tokens: Option<i64>,
}

impl AiBench<'_> {
    fn provider(&self, name: AiProviderName) -> Option<&dyn AiProvider> {
        self.providers.iter().map(AsRef::as_ref).find(|provider| provider.name() == name)
    }
}

fn never(failure: AiFailure, detail: &str) -> Nothing {
    Nothing { failure, detail: detail.into(), again: Again::Never }
}

/// Does a task, and ends its job with it.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away; then the job is tried again.
pub async fn run_ai_task(db: &Db, bench: &AiBench<'_>, cx: &Cx, job: &Job) -> Result<()> {
    let work: RunAiTask = job.work()?;
    let Some(mut task) = under_way(&db.reader(cx).await?, work.task).await? else {
        return db.transact(cx, "ai_task.run", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    if !bench.is_on {
        return conclude(
            db,
            bench,
            cx,
            job,
            task,
            Err(never(AiFailure::SwitchedOff, "the company has it switched off")),
        )
        .await;
    }
    if job.attempts > ATTEMPTS {
        return conclude(db, bench, cx, job, task, Err(never(AiFailure::Interrupted, "Frontdesk stopped under it")))
            .await;
    }
    let Some(provider) = bench.provider(task.provider) else {
        return conclude(db, bench, cx, job, task, Err(never(AiFailure::Misconfigured, "the provider is not set up")))
            .await;
    };
    // The provider that comes along costs nothing, however much it reads.
    if let Some(limit) = bench.daily_tokens.filter(|_| task.provider != AiProviderName::Builtin)
        && spent_on(&db.reader(cx).await?, cx.now.date_naive()).await? >= limit
    {
        let tomorrow = next_day(cx.now);
        let conn = db.bookkeeping(cx).await?;
        wait(&conn, &task, AiFailure::LimitReached, "the day's tokens are spent", tomorrow, cx.now).await?;
        return jobs::put_back(&conn, job, tomorrow).await;
    }
    // Rules take no time: nobody would see that a task is under way with them.
    let takes_time = task.provider != AiProviderName::Builtin;
    if takes_time && !begin(&db.bookkeeping(cx).await?, &task, cx.now).await? {
        return db.transact(cx, "ai_task.run", |tx| async move { jobs::finish(&tx, job).await }).await;
    }
    task.status = AiTaskStatus::Processing;
    let subject = Subject { kind: task.subject_type, id: task.subject_id };
    let found = bench.subjects.read(cx, subject, task.task_type).await?;
    let reads = matches!(task.task_type, AiTaskType::Classify | AiTaskType::Reply);
    let is_silent = found.as_ref().is_none_or(|material| reads && material.theirs().trim().is_empty());
    if is_silent && reads && task.requested_by_id.is_none() {
        // A picture, or what was taken back: there is nothing to read, and nobody asked.
        return db
            .transact(cx, "ai_task.run", |tx| async move {
                jobs::finish(&tx, job).await?;
                tx.forget(work.task).await
            })
            .await;
    }
    let Some(mut material) = found.filter(|_| !is_silent) else {
        return conclude(db, bench, cx, job, task, Err(never(AiFailure::Gone, "what it is about is gone"))).await;
    };
    let cut = material.cut();
    task.input = material.reference(subject, cut);
    let asked = Asked { task: task.task_type, material };
    let begun = Instant::now();
    let late = |_| {
        let detail = format!("nothing within {} s", bench.patience.as_secs());
        Err(Nothing { failure: AiFailure::TimedOut, detail, again: Again::Soon })
    };
    let given = tokio::time::timeout(bench.patience, provider.perform(&asked)).await.unwrap_or_else(late);
    task.latency_ms = i32::try_from(begun.elapsed().as_millis()).ok();
    let is_builtin = task.provider == AiProviderName::Builtin;
    conclude(db, bench, cx, job, task, given.and_then(|given| believed(given, is_builtin))).await
}

/// What a provider gave, where it can be believed.
fn believed(given: Given, is_builtin: bool) -> std::result::Result<Given, Nothing> {
    // Another attempt may be better written; rules come to the same.
    let again = if is_builtin { Again::Never } else { Again::Soon };
    let unreadable = |why: &str| Nothing { failure: AiFailure::Unreadable, detail: why.into(), again };
    let output = given.output.checked().map_err(unreadable)?;
    Ok(Given { output, ..given })
}

/// When the next day begins (UTC).
fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).unwrap_or(now.date_naive());
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

async fn conclude(
    db: &Db,
    bench: &AiBench<'_>,
    cx: &Cx,
    job: &Job,
    mut task: AiTask,
    given: std::result::Result<Given, Nothing>,
) -> Result<()> {
    let cx = &cx.at_present();
    task.updated_at = cx.now;
    match given {
        Ok(given) => done(db, bench, cx, job, task, &given).await,
        Err(nothing) => failed(db, cx, job, task, &nothing).await,
    }
}

async fn done(db: &Db, bench: &AiBench<'_>, cx: &Cx, job: &Job, mut task: AiTask, given: &Given) -> Result<()> {
    task.status = AiTaskStatus::Completed;
    task.output = Some(serde_json::to_value(&given.output).map_err(Error::internal)?);
    task.model = given.model.clone();
    task.prompt_version = given.prompt_version.map(Into::into);
    task.input_tokens = given.usage.map(|(read, _)| read);
    task.output_tokens = given.usage.map(|(_, wrote)| wrote);
    task.cost_micros = given.usage.and_then(|usage| bench.price.of(usage));
    task.completed_at = Some(cx.now);
    task.next_retry_at = None;
    task.failure = None;
    task.error_message = None;
    let before = task.clone();
    let task = &task;
    let done = db.transact(cx, "ai_task.run", |tx| async move {
        jobs::finish(&tx, job).await?;
        if !tx.conclude(task).await? {
            return Ok(());
        }
        if let Some((read, wrote)) = given.usage {
            tx.spend(cx.now.date_naive(), read + wrote, task.cost_micros.unwrap_or_default()).await?;
        }
        let subject = Subject { kind: task.subject_type, id: task.subject_id };
        let is_replay = task.replay_of_id.is_some();
        if !is_replay {
            for next in bench.effects.follow(&tx, cx, task, &given.output).await? {
                queue_ai_task(&tx, cx, next, task.provider).await?;
            }
        }
        tx.emit(
            cx,
            &AiTaskCompleted {
                task: task.id,
                task_type: task.task_type,
                subject: subject.to_string(),
                provider: task.provider,
                verdict: given.output.verdict().map(Into::into),
                is_replay,
            },
        );
        Ok(())
    });
    match done.await {
        // What follows from it cannot be; it would not be another time either.
        Err(Error::Invalid(problems)) => {
            let why = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
            failed(db, cx, job, undone(before), &never(AiFailure::Unreadable, &why)).await
        }
        Err(Error::NotFound { what }) => {
            let why = format!("{what} is there no more");
            failed(db, cx, job, undone(before), &never(AiFailure::Gone, &why)).await
        }
        done => done,
    }
}

/// The same task without what came of it.
fn undone(task: AiTask) -> AiTask {
    AiTask { status: AiTaskStatus::Processing, output: None, completed_at: None, ..task }
}

async fn failed(db: &Db, cx: &Cx, job: &Job, mut task: AiTask, nothing: &Nothing) -> Result<()> {
    tracing::warn!(tenant = %cx.tenant.slug, task = %task.id, %nothing, "a task was not done");
    task.failure = Some(nothing.failure);
    task.error_message = Some(nothing.detail.chars().take(500).collect());
    let task = &task;
    db.transact(cx, "ai_task.run", |tx| async move {
        let mut task = task.clone();
        let again = match nothing.again {
            Again::Never => None,
            _ if job.attempts >= ATTEMPTS => None,
            Again::Soon => Some(jobs::fail(&tx, cx, job, &nothing.detail, false).await?),
            Again::After(pause) => Some(jobs::fail_until(&tx, cx, job, &nothing.detail, cx.now + pause).await?),
        };
        if let Some(Verdict::Again(at)) = again {
            task.status = AiTaskStatus::Queued;
            task.retry_count += 1;
            task.next_retry_at = Some(at);
            return tx.conclude(&task).await.map(drop);
        }
        if again.is_none() {
            jobs::finish(&tx, job).await?;
        }
        task.status = AiTaskStatus::Failed;
        task.next_retry_at = None;
        task.completed_at = Some(cx.now);
        if tx.conclude(&task).await? {
            let subject = Subject { kind: task.subject_type, id: task.subject_id }.to_string();
            let (id, task_type, provider) = (task.id, task.task_type, task.provider);
            tx.emit(cx, &AiTaskFailed { task: id, task_type, subject, provider, failure: nothing.failure });
        }
        Ok(())
    })
    .await
}
