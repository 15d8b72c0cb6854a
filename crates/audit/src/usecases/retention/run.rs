//! A run is carried out: policy by policy, in small batches that others write between, and from where it was left.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, Result, Tx,
    db::Emit,
    files::Storage,
    jobs::{self, Enqueue, Job},
    record::{self, Records},
    retention::{Means, Policy, RetentionAction},
};
use tokio::time::Instant;

use super::{
    note::{CHANGED_MEANWHILE, Progressing, STOPPED, note},
    request::RunRetention,
};
use crate::{
    domain::retention::{
        decided::RetentionPolicy,
        events::{RetentionFailed, RetentionFinished},
        progress::Step,
    },
    ports::retention::{ROWS_PER_SECOND, RetentionDesk},
    queries::retention::{
        due::{due, held_owners},
        policies::decided,
    },
    store::retention::run::{Entity as Runs, Model as Run, RetentionStatus as Status},
    usecases::archives::{
        end::end_archives,
        object::{STORAGE_AWAY, clear_away},
        rows::{archive_rows, remove_rows},
        trail::move_trail,
    },
};

/// How long one turn takes; then others have theirs.
const TURN: Duration = Duration::from_secs(240);
/// How long after it broke off it is tried again.
const AGAIN: TimeDelta = TimeDelta::seconds(20);
/// The longest sentence that says why it broke off.
const SENTENCE: usize = 500;

/// What carries runs out.
pub struct Engine<'a, D> {
    /// The databases.
    pub db: &'a Db,
    /// Where archives are.
    pub storage: &'a dyn Storage,
    /// What the contexts answer.
    pub desk: &'a D,
}

/// No more rows a second than this, so that others are not held up.
pub(crate) struct Pace {
    per_second: f64,
    since: Instant,
    rows: u64,
}

impl Pace {
    pub(crate) fn new(per_second: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let per_second = per_second.max(1) as f64;
        Self { per_second, since: Instant::now(), rows: 0 }
    }

    /// After so many rows more.
    pub(crate) async fn keep(&mut self, rows: u64) {
        self.rows += rows;
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let due = self.since + Duration::from_secs_f64(self.rows as f64 / self.per_second);
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        } else {
            tokio::task::yield_now().await;
        }
        if self.since.elapsed() > Duration::from_secs(10) {
            // What was not used is not made up for.
            (self.since, self.rows) = (Instant::now(), 0);
        }
    }
}

/// How a turn ended.
enum Turn {
    /// All is done.
    Over(Progressing),
    /// There is more to do.
    More,
}

/// Carries a run out, or goes on with it.
///
/// # Errors
/// [`Error::Unavailable`] where not even that can be noted that it broke off: then the job is tried again.
pub async fn run_retention<D: RetentionDesk>(engine: &Engine<'_, D>, cx: &Cx, job: &Job) -> Result<()> {
    let work: &RunRetention = &job.work()?;
    let db = engine.db;
    let begun = db.transact(cx, "retention_run.begin", |tx| async move { begin(&tx, cx, work, job).await });
    let Some(run) = begun.await? else { return Ok(()) };
    let run = &run;
    let ended = match Box::pin(engine.turn(cx, run)).await {
        Ok(Turn::Over(progressing)) => {
            let progressing = &progressing;
            db.transact(cx, "retention_run.finish", |tx| async move {
                note(&tx, cx, progressing).await?;
                finish(&tx, cx, run).await?;
                jobs::finish(&tx, job).await
            })
            .await
        }
        Ok(Turn::More) => {
            let next = |tx: Tx| async move {
                tx.enqueue(cx, &RunRetention { run: run.id }).await?;
                jobs::finish(&tx, job).await
            };
            db.transact(cx, "retention_run.go_on", next).await
        }
        Err(error) => Err(error),
    };
    match ended {
        // Somebody stopped it, or begins it anew.
        Err(Error::Conflict { message, retryable: false }) if message == STOPPED => {
            db.transact(cx, "retention_run.stop", |tx| async move { jobs::finish(&tx, job).await }).await
        }
        Err(error) => {
            tracing::warn!(run = %run.id, ?error, "a run of retention broke off");
            let why = &sentence(&error);
            db.transact(cx, "retention_run.fail", |tx| async move {
                if fail(&tx, cx, run, why).await? {
                    // By a job of its own: processes that died have counted as attempts of this one, and it would wait for long.
                    tx.enqueue_at(cx, &RunRetention { run: run.id }, cx.at_present().now + AGAIN).await?;
                }
                jobs::finish(&tx, job).await
            })
            .await
        }
        Ok(()) => Ok(()),
    }
}

/// Why it broke off, for those who may see it.
fn sentence(error: &Error) -> String {
    let why = match error {
        Error::Unavailable { detail } if detail.starts_with(STORAGE_AWAY) => {
            "The storage of archives is away. Nothing was removed that is not archived; it is tried again.".into()
        }
        Error::Unavailable { .. } => "The database was away. It is tried again.".into(),
        Error::Conflict { message, .. } if message == CHANGED_MEANWHILE => {
            "Rows were changed while they were archived. They are still here; it is tried again.".into()
        }
        Error::Internal { detail } => format!("Nothing was removed that is not archived: {detail}"),
        other => other.to_string(),
    };
    why.chars().take(SENTENCE).collect()
}

/// Notes that it is begun; `None` where there is nothing to do.
async fn begin(tx: &Tx, cx: &Cx, work: &RunRetention, job: &Job) -> Result<Option<Run>> {
    let before: Result<Run> = Records::<Runs>::lock(tx, cx, work.run).await;
    let before = match before {
        Ok(run) if matches!(run.status, Status::Pending | Status::Running | Status::Failed) => run,
        Ok(_) | Err(Error::NotFound { .. }) => {
            jobs::finish(tx, job).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let after = Run {
        status: Status::Running,
        attempts: before.attempts + 1,
        started_at: Some(cx.now),
        finished_at: None,
        ..before.clone()
    };
    record::change::<Runs, _>(tx, cx, &before, after).await.map(Some)
}

async fn finish(tx: &Tx, cx: &Cx, run: &Run) -> Result<()> {
    let before: Run = Records::<Runs>::lock(tx, cx, run.id).await?;
    let after = Run {
        status: Status::Completed,
        error_message: None,
        finished_at: Some(cx.at_present().now),
        ..before.clone()
    };
    let after = record::change::<Runs, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &RetentionFinished { run: run.id, is_dry: run.is_dry, progress: after.progress });
    Ok(())
}

/// Notes that it broke off, where it is still this attempt's, and says whether it is; told of once.
async fn fail(tx: &Tx, cx: &Cx, run: &Run, why: &str) -> Result<bool> {
    let before: Run = Records::<Runs>::lock(tx, cx, run.id).await?;
    if before.status != Status::Running || before.attempts != run.attempts {
        return Ok(false);
    }
    let told = before.error_message.as_deref() == Some(why);
    let after = Run {
        status: Status::Failed,
        error_message: Some(why.to_owned()),
        finished_at: Some(cx.at_present().now),
        ..before.clone()
    };
    record::change::<Runs, _>(tx, cx, &before, after).await?;
    if !told {
        tx.emit(cx, &RetentionFailed { run: run.id, why: why.to_owned() });
    }
    Ok(true)
}

impl<D: RetentionDesk> Engine<'_, D> {
    /// Goes on with a run until it is done or others have their turn.
    async fn turn(&self, cx: &Cx, run: &Run) -> Result<Turn> {
        let began = Instant::now();
        let mut progressing = Progressing::of(run);
        if !run.is_dry {
            clear_away(self.db, self.storage, cx).await?;
            // What a crash left unsealed has no number yet.
            self.db.outbox().seal(self.db, &cx.tenant).await?;
        }
        let all = decided(&self.db.reader(cx).await?, self.desk, cx).await?;
        let mut pace = Pace::new(self.desk.whole(cx, ROWS_PER_SECOND).await?);
        for at in 0..progressing.progress.0.len() {
            progressing.at = at;
            let step = progressing.step();
            let policy = all.iter().find(|(policy, _)| policy.name == step.policy);
            let Some((policy, decided)) = policy.filter(|_| !step.is_over) else { continue };
            if step.due.is_none() {
                self.count(cx, run, &mut progressing, policy, decided).await?;
            }
            if !run.is_dry && decided.is_enabled {
                while self.batch(cx, run, &mut progressing, policy, decided, &mut pace).await? {
                    if began.elapsed() > TURN {
                        return Ok(Turn::More);
                    }
                }
                if let Some(end) = decided.end(run.created_at) {
                    let step = end_archives(self.db, self.storage, cx, &mut progressing, policy, end).await?;
                    progressing.set(step);
                }
            }
            progressing.set(Step { is_over: true, ..progressing.step() });
            self.note(cx, &progressing).await?;
        }
        Ok(Turn::Over(progressing))
    }

    async fn note(&self, cx: &Cx, progressing: &Progressing) -> Result<()> {
        self.db.transact(cx, "retention_run.note", |tx| async move { note(&tx, cx, progressing).await }).await
    }

    async fn count(
        &self,
        cx: &Cx,
        run: &Run,
        progressing: &mut Progressing,
        policy: &Policy,
        decided: &RetentionPolicy,
    ) -> Result<()> {
        let found = due(&self.db.reader(cx).await?, policy, decided.cutoff(run.created_at)).await?;
        progressing.set(Step {
            due: Some(found.rows),
            held: found.held,
            oldest: found.oldest,
            newest: found.newest,
            ..progressing.step()
        });
        self.note(cx, progressing).await
    }

    /// One batch of a policy; says whether there may be more.
    async fn batch(
        &self,
        cx: &Cx,
        run: &Run,
        progressing: &mut Progressing,
        policy: &'static Policy,
        decided: &RetentionPolicy,
        pace: &mut Pace,
    ) -> Result<bool> {
        let (db, before) = (self.db, decided.cutoff(run.created_at));
        let archived = decided.action == RetentionAction::Archive;
        let (step, rows) = match policy.means {
            Means::Trail => move_trail(db, self.storage, cx, progressing, (policy, archived), before).await?,
            Means::Rows if archived => archive_rows(db, self.storage, cx, progressing, policy, before).await?,
            Means::Rows => {
                let now = &*progressing;
                let work = |tx: Tx| async move {
                    let rows = remove_rows(tx.conn(), policy, before).await?;
                    let after = now.removed(rows);
                    note(&tx, cx, &after).await?;
                    Ok((after.step(), rows))
                };
                db.transact(cx, "retention_run.remove", work).await?
            }
            Means::Context => {
                let held = held_owners(&db.reader(cx).await?, policy).await?;
                let rows = self.desk.move_out(cx, policy, before, &held).await?;
                let mut step = progressing.removed(rows).step();
                step.archived = step.removed;
                self.note(cx, &progressing.with(step.clone())).await?;
                (step, rows)
            }
        };
        progressing.set(step);
        pace.keep(rows).await;
        Ok(rows > 0)
    }
}
