//! The chats of a batch are analysed, some at a time: by a job, so that it goes on where a process died over it. What a provider
//! may read and write of a chat is set aside before it is asked, so that the budget holds whatever crashes: what was set aside by
//! somebody who is not at it any more counts as spent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use futures_util::future::join_all;
use kernel::{
    Cx, Db, Error, Result, Tx,
    db::Emit,
    id::EffectivenessBatchId,
    jobs::{self, Enqueue, Job, Work},
    outgoing::Again,
    record::{self, Records},
};
use serde::{Deserialize, Serialize};

use super::record::{Asker, MESSAGES, keep, material};
use crate::{
    domain::effectiveness::{
        events::{BatchFinished, ChatNotAnalysed},
        material::Material,
    },
    ports::effectiveness::{Analyst, EffectivenessBook, Given, Nothing, Purse},
    store::{
        b2chat::chat::Model as B2chatChat,
        effectiveness::{
            analysis::AnalystName,
            batch::{BatchState, Entity as EffectivenessBatches, Model as EffectivenessBatch},
            item::{AnalysisFailure, ItemState, Model as BatchChat},
        },
    },
};

/// How often a provider is asked about a chat before it is given up.
const ATTEMPTS: i32 = 3;
/// How long a job goes on before it lets others go on.
const TURN: Duration = Duration::from_secs(20);
/// How long one waits for another who works on the same batch.
const SOON: TimeDelta = TimeDelta::seconds(1);
/// The longest reason that is kept, in characters.
const DETAIL: usize = 500;

/// The job: go on with this batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunEffectivenessBatch {
    /// It.
    pub batch: EffectivenessBatchId,
}

impl Work for RunEffectivenessBatch {
    const KIND: &'static str = "analytics_sync.run_effectiveness_batch";
}

/// What chats are analysed with.
pub struct AnalystBench<'a> {
    /// Whether the company has artificial intelligence asked. The built-in rules are none.
    pub is_on: bool,
    /// Those who analyse.
    pub analysts: &'a [Arc<dyn Analyst>],
    /// What may be spent.
    pub purse: &'a dyn Purse,
    /// How long one chat may take.
    pub patience: Duration,
    /// How long a contact may wait for the first answer, in seconds.
    pub wanted: i64,
}

/// A chat that somebody is to be asked about.
#[derive(Serialize, Deserialize)]
struct Task {
    item: BatchChat,
    provider: AnalystName,
    chat: B2chatChat,
    material: Material,
}

/// What there is to do of a batch.
#[derive(Serialize, Deserialize)]
enum Taken {
    /// Nothing more.
    Over,
    /// Nothing before then.
    Waits(DateTime<Utc>),
    /// These; none where the next ones needed nobody.
    Tasks(Vec<Task>),
}

/// Goes on with a batch, and ends its job with it.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away; then the job is tried again.
pub async fn run_effectiveness_batch(db: &Db, bench: &AnalystBench<'_>, cx: &Cx, job: &Job) -> Result<()> {
    let work: RunEffectivenessBatch = job.work()?;
    // Somebody stopped and resumed the batch while another worker asks: what that one asks about is not left behind.
    let work = &work;
    let waits = db.transact(cx, "effectiveness.run", |tx| async move {
        hold(&tx, cx, work.batch).await?;
        jobs::gives_way(&tx, cx.at_present().now, job).await
    });
    if waits.await? {
        return jobs::put_back(&db.bookkeeping(cx).await?, job, cx.at_present().now + SOON).await;
    }
    let begun = Instant::now();
    while begun.elapsed() < TURN {
        let now = &cx.at_present();
        let taken = db.transact(now, "effectiveness.run", |tx| async move { take(&tx, bench, now, work.batch).await });
        let tasks = match taken.await? {
            Taken::Over => {
                return db.transact(cx, "effectiveness.run", |tx| async move { jobs::finish(&tx, job).await }).await;
            }
            Taken::Waits(until) => return jobs::put_back(&db.bookkeeping(cx).await?, job, until).await,
            Taken::Tasks(tasks) => tasks,
        };
        if tasks.is_empty() {
            continue;
        }
        let given = &join_all(tasks.iter().map(|task| ask(bench, task))).await;
        let (now, tasks) = (&cx.at_present(), &tasks);
        let settled = |tx: Tx| async move { settle(&tx, bench, now, work.batch, tasks, given).await };
        if let Some(pause) = db.transact(now, "effectiveness.run", settled).await? {
            let until = now.now + Duration::from_millis(pause);
            return jobs::put_back(&db.bookkeeping(cx).await?, job, until).await;
        }
    }
    db.transact(cx, "effectiveness.run", |tx| async move {
        hold(&tx, cx, work.batch).await?;
        // Whoever resumed the batch meanwhile queued the same.
        if !jobs::has_twin(&tx, job).await? {
            tx.enqueue(cx, work).await?;
        }
        jobs::finish(&tx, job).await
    })
    .await
}

/// Nobody else works on the batch, or queues work on it, until the transaction ends.
async fn hold(tx: &Tx, cx: &Cx, id: EffectivenessBatchId) -> Result<()> {
    let found: Result<EffectivenessBatch> = Records::<EffectivenessBatches>::lock(tx, cx, id).await;
    match found {
        Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What somebody says of a chat, as far as it is believed.
async fn ask(bench: &AnalystBench<'_>, task: &Task) -> std::result::Result<Given, Nothing> {
    let nothing = |failure, detail: String, again, usage| Nothing { failure, detail, again, usage };
    let analyst = analyst(bench, task.provider)
        .map_err(|why| nothing(AnalysisFailure::SwitchedOff, why.into(), Again::Never, Some((0, 0))))?;
    let given = tokio::time::timeout(bench.patience, analyst.analyse(&task.material)).await.unwrap_or_else(|_| {
        let detail = format!("nothing within {} s", bench.patience.as_secs());
        Err(nothing(AnalysisFailure::TimedOut, detail, Again::Soon, None))
    })?;
    let usage = given.usage.or(Some((0, 0)));
    match given.verdict.clone().checked() {
        Ok(verdict) => Ok(Given { verdict, ..given }),
        // Asked again it costs again, and is as likely wrong again.
        Err(why) => Err(nothing(AnalysisFailure::Unreadable, why.into(), Again::Never, usage)),
    }
}

/// When the next day begins (UTC).
fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).unwrap_or(now.date_naive());
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

/// The batch is over, or cannot go on.
fn end(tx: &Tx, cx: &Cx, batch: &mut EffectivenessBatch, state: BatchState, why: Option<(AnalysisFailure, String)>) {
    batch.state = state;
    batch.finished_at = Some(cx.now);
    batch.waits_until = None;
    batch.failure = why.as_ref().map(|(failure, _)| *failure);
    batch.detail = why.map(|(_, detail)| detail.chars().take(DETAIL).collect());
    let told = BatchFinished {
        batch: batch.id,
        state,
        by: batch.created_by_id,
        done: batch.done_count,
        cached: batch.cached_count,
        failed: batch.failed_count,
        left: batch.left(),
        spent: batch.spent_tokens,
    };
    tx.emit(cx, &told);
}

/// A chat of the batch is given up.
async fn give_up(
    tx: &Tx,
    cx: &Cx,
    batch: &mut EffectivenessBatch,
    item: &BatchChat,
    (failure, detail): (AnalysisFailure, &str),
) -> Result<()> {
    let detail = Some(detail.chars().take(DETAIL).collect());
    let is = BatchChat { state: ItemState::Failed, reserved_tokens: 0, failure: Some(failure), detail, ..item.clone() };
    if tx.note_chat(item, &is).await? {
        batch.failed_count += 1;
        tx.emit(cx, &ChatNotAnalysed { batch: batch.id, chat: item.chat_id, provider: batch.provider, failure });
    }
    Ok(())
}

/// Takes the next chats of a batch, and sets aside what they may cost.
async fn take(tx: &Tx, bench: &AnalystBench<'_>, cx: &Cx, id: EffectivenessBatchId) -> Result<Taken> {
    let before: EffectivenessBatch = match Records::<EffectivenessBatches>::lock(tx, cx, id).await {
        Ok(batch) if batch.state == BatchState::Running => batch,
        Ok(_) | Err(Error::NotFound { .. }) => return Ok(Taken::Over),
        Err(error) => return Err(error),
    };
    let mut after = EffectivenessBatch { waits_until: None, failure: None, detail: None, ..before.clone() };
    let taken = match analyst(bench, before.provider) {
        Ok(analyst) => next(tx, bench, cx, &mut after, analyst).await?,
        Err(why) => {
            end(tx, cx, &mut after, BatchState::Failed, Some((AnalysisFailure::SwitchedOff, why.into())));
            Taken::Over
        }
    };
    if after != before {
        record::change::<EffectivenessBatches, _>(tx, cx, &before, after).await?;
    }
    Ok(taken)
}

fn analyst<'a>(bench: &AnalystBench<'a>, name: AnalystName) -> std::result::Result<&'a dyn Analyst, &'static str> {
    if !bench.is_on && name != AnalystName::Builtin {
        return Err("the company has artificial intelligence switched off");
    }
    let found = bench.analysts.iter().map(AsRef::as_ref).find(|analyst| analyst.name() == name);
    found.ok_or("the provider is not set up in this installation")
}

/// Whether what a chat may cost fits into what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fits {
    Now,
    NotInTheBudget,
    Tomorrow,
    Never,
}

fn fits(batch: &EffectivenessBatch, most: i64, today: Option<(i64, i64)>) -> Fits {
    match today {
        _ if !batch.affords(most) => Fits::NotInTheBudget,
        Some((_, daily)) if daily < most => Fits::Never,
        Some((left, _)) if left < most => Fits::Tomorrow,
        _ => Fits::Now,
    }
}

fn stop(tx: &Tx, cx: &Cx, batch: &mut EffectivenessBatch, fits: Fits) -> Taken {
    match fits {
        Fits::NotInTheBudget => {
            let why =
                (AnalysisFailure::LimitReached, "the next chat might cost more than is left of the budget".into());
            end(tx, cx, batch, BatchState::OutOfBudget, Some(why));
            Taken::Over
        }
        Fits::Tomorrow => {
            let until = next_day(cx.now);
            batch.waits_until = Some(until);
            batch.failure = Some(AnalysisFailure::LimitReached);
            batch.detail = Some("the day's tokens are spent".into());
            Taken::Waits(until)
        }
        Fits::Now | Fits::Never => {
            let why = (AnalysisFailure::LimitReached, "one chat might cost more than a day's tokens".into());
            end(tx, cx, batch, BatchState::Failed, Some(why));
            Taken::Over
        }
    }
}

async fn next(
    tx: &Tx,
    bench: &AnalystBench<'_>,
    cx: &Cx,
    batch: &mut EffectivenessBatch,
    analyst: &dyn Analyst,
) -> Result<Taken> {
    for item in tx.left_behind(batch.id).await? {
        // Nobody knows what the provider made of it: it may have been paid for.
        batch.reserved_tokens = (batch.reserved_tokens - item.reserved_tokens).max(0);
        batch.spent_tokens += item.reserved_tokens;
        bench.purse.spend(tx, cx, item.reserved_tokens, 0).await?;
        if item.attempts >= ATTEMPTS {
            let why = (AnalysisFailure::Unavailable, "Frontdesk stopped under it, more often than it is tried");
            give_up(tx, cx, batch, &item, why).await?;
        } else {
            let is = BatchChat { state: ItemState::Waiting, reserved_tokens: 0, ..item.clone() };
            tx.note_chat(&item, &is).await?;
        }
    }
    let items = tx.next_chats(batch.id, analyst.at_a_time()).await?;
    if items.is_empty() {
        end(tx, cx, batch, BatchState::Done, None);
        return Ok(Taken::Over);
    }
    let ids: Vec<_> = items.iter().map(|item| item.chat_id).collect();
    let lately = if batch.again { Default::default() } else { tx.good_enough(cx, &ids).await? };
    let mut chats = tx.read_chats(cx, &ids, MESSAGES).await?;
    let is_free = batch.provider == AnalystName::Builtin;
    let mut today = if is_free { None } else { bench.purse.left_today(tx.conn(), cx).await? };
    let mut tasks = Vec::new();
    for item in items {
        if lately.contains_key(&item.chat_id) {
            let is = BatchChat { state: ItemState::Cached, ..item.clone() };
            batch.cached_count += i32::from(tx.note_chat(&item, &is).await?);
            continue;
        }
        let Some(read) = chats.remove(&item.chat_id) else {
            give_up(tx, cx, batch, &item, (AnalysisFailure::Gone, "the chat is there no more")).await?;
            continue;
        };
        let material = material(cx, &read, bench.wanted);
        if material.lines.is_empty() {
            give_up(tx, cx, batch, &item, (AnalysisFailure::Empty, "nothing was written in the chat")).await?;
            continue;
        }
        let most = analyst.most_tokens(&material);
        let fits = fits(batch, most, today);
        if fits != Fits::Now {
            // What is asked about now comes first, and may cost less than is set aside; the next turn stops.
            return Ok(if tasks.is_empty() { stop(tx, cx, batch, fits) } else { Taken::Tasks(tasks) });
        }
        today = today.map(|(left, daily)| (left - most, daily));
        batch.reserved_tokens += most;
        let is =
            BatchChat { state: ItemState::Asking, attempts: item.attempts + 1, reserved_tokens: most, ..item.clone() };
        if tx.note_chat(&item, &is).await? {
            tasks.push(Task { item: is, provider: batch.provider, chat: read.0, material });
        }
    }
    Ok(Taken::Tasks(tasks))
}

/// What is to become of a chat about which a provider gave nothing.
struct Miss {
    is: BatchChat,
    /// When it is tried again, in milliseconds from now.
    pause: Option<u64>,
    /// Whether no other chat would go better: it is the provider that says no.
    of_all: bool,
}

fn miss(item: &BatchChat, nothing: &Nothing) -> Miss {
    let of_all = matches!(
        nothing.failure,
        AnalysisFailure::Misconfigured | AnalysisFailure::LimitReached | AnalysisFailure::SwitchedOff
    );
    let pause = match nothing.again {
        Again::Soon if item.attempts < ATTEMPTS => Some(1_000 << item.attempts),
        Again::After(pause) if item.attempts < ATTEMPTS => u64::try_from(pause.as_millis()).ok(),
        Again::Never | Again::Soon | Again::After(_) => None,
    };
    let waits = BatchChat { state: ItemState::Waiting, reserved_tokens: 0, ..item.clone() };
    let is = if of_all || pause.is_some() {
        waits
    } else {
        let detail = Some(nothing.detail.chars().take(DETAIL).collect());
        BatchChat { state: ItemState::Failed, failure: Some(nothing.failure), detail, ..waits }
    };
    Miss { is, pause: pause.filter(|_| !of_all), of_all }
}

/// Keeps what became of chats that were asked about; returns how many milliseconds to wait before more are.
async fn settle(
    tx: &Tx,
    bench: &AnalystBench<'_>,
    cx: &Cx,
    id: EffectivenessBatchId,
    tasks: &[Task],
    given: &[std::result::Result<Given, Nothing>],
) -> Result<Option<u64>> {
    let before: EffectivenessBatch = Records::<EffectivenessBatches>::lock(tx, cx, id).await?;
    let mut after = before.clone();
    let mut pause = None;
    for (task, given) in tasks.iter().zip(given) {
        let missed = given.as_ref().err().map(|nothing| (nothing, miss(&task.item, nothing)));
        let is = match &missed {
            Some((_, missed)) => missed.is.clone(),
            None => BatchChat { state: ItemState::Done, reserved_tokens: 0, ..task.item.clone() },
        };
        if !tx.note_chat(&task.item, &is).await? {
            // Somebody else took it over meanwhile, and counted all that was set aside for it as spent.
            continue;
        }
        let usage = given.as_ref().map_or_else(|nothing| nothing.usage, |given| Some(given.usage.unwrap_or_default()));
        let tokens = usage.map_or(task.item.reserved_tokens, |(read, wrote)| read.saturating_add(wrote));
        let cost = usage.and_then(|usage| bench.purse.cost(usage)).filter(|_| tokens > 0);
        if tokens > 0 {
            bench.purse.spend(tx, cx, tokens, cost.unwrap_or_default()).await?;
        }
        after.reserved_tokens = (after.reserved_tokens - task.item.reserved_tokens).max(0);
        after.spent_tokens = after.spent_tokens.saturating_add(tokens);
        after.cost_micros = after.cost_micros.saturating_add(cost.unwrap_or_default());
        if let Ok(given) = given {
            let asker = Asker { user: before.created_by_id, batch: Some(id) };
            keep(tx, cx, (&task.chat, &task.material), (task.provider, given), (asker, cost)).await?;
            after.done_count += 1;
        }
        if let Some((nothing, missed)) = missed {
            pause = pause.max(missed.pause);
            missing(tx, cx, &mut after, &missed, nothing);
        }
    }
    if after.state == BatchState::Running && after.left() == 0 {
        end(tx, cx, &mut after, BatchState::Done, None);
    }
    if after != before {
        record::change::<EffectivenessBatches, _>(tx, cx, &before, after).await?;
    }
    Ok(pause)
}

/// Counts and tells what became of a chat about which a provider gave nothing.
fn missing(tx: &Tx, cx: &Cx, batch: &mut EffectivenessBatch, missed: &Miss, nothing: &Nothing) {
    let failure = nothing.failure;
    if missed.of_all {
        if batch.state == BatchState::Running {
            end(tx, cx, batch, BatchState::Failed, Some((failure, nothing.detail.clone())));
        }
    } else if missed.pause.is_some() {
        batch.failure = Some(failure);
        batch.detail = Some(nothing.detail.chars().take(DETAIL).collect());
    } else {
        batch.failed_count += 1;
        let (chat, provider) = (missed.is.chat_id, batch.provider);
        tx.emit(cx, &ChatNotAnalysed { batch: batch.id, chat, provider, failure });
    }
}
