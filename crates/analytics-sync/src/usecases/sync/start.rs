//! A run is begun.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    cx::Actor,
    db::Emit,
    id::{SyncRunId, UserId},
    jobs::Enqueue,
    record::Records,
};
use sea_orm::{QueryOrder, entity::prelude::*};

use super::{RunSync, SyncSettings, finish, hold};
use crate::{
    domain::{
        source::time::day,
        sync::{
            days::{self, Span},
            events::SyncStarted,
        },
    },
    policy::MANAGE_SYNC,
    store::{
        b2chat::chat::{self, B2chatStatus},
        sync::{
            access::B2chatAccessStatus,
            coverage,
            run::{self, Entity as SyncRuns, Model as SyncRun, SyncEntity, SyncOperation, SyncStatus},
            state::{self, SyncStateStatus},
        },
    },
};

/// A run that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct StartSync {
    /// Of what.
    pub entity: SyncEntity,
    /// Which days it reads.
    pub operation: SyncOperation,
    /// The first day of a manual run.
    pub from: Option<NaiveDate>,
    /// The last one; today where none is given.
    pub to: Option<NaiveDate>,
}

/// Begins a run: it is worked on in the background.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] at `operation`, `from` or `to`, and at `entity` where a run of it is under way or
/// B2Chat is not connected.
pub async fn start_sync(tx: &Tx, settings: &SyncSettings, cx: &Cx, cmd: &StartSync) -> Result<SyncRun> {
    cx.require(MANAGE_SYNC)?;
    let Some(access) = hold(tx).await?.filter(|access| access.status != B2chatAccessStatus::Disconnected) else {
        return Err(Error::invalid("entity", ProblemCode::NotAvailable, "B2Chat is not connected"));
    };
    let today = days::today(cx.now, settings.zone);
    if cmd.operation != SyncOperation::Manual && (cmd.from.is_some() || cmd.to.is_some()) {
        let how = "only a manual run has days of its own";
        return Err(Error::invalid(if cmd.from.is_some() { "from" } else { "to" }, ProblemCode::NotAllowed, how));
    }
    let span = match cmd.operation {
        SyncOperation::Full => days::full(today, settings.first_day)?,
        SyncOperation::Manual => days::manual(today, cmd.from, cmd.to)?,
        SyncOperation::Incremental => incremental(tx, settings, cmd.entity, today, access.account_since).await?,
        SyncOperation::Rebuild => {
            return Err(Error::invalid(
                "operation",
                ProblemCode::NotAllowed,
                "rebuildFromRaw reads stored answers again",
            ));
        }
    };
    let run = new_run(cx, settings, cmd.entity, cmd.operation, span);
    begin(tx, cx, run).await
}

async fn incremental(
    tx: &Tx,
    settings: &SyncSettings,
    entity: SyncEntity,
    today: NaiveDate,
    account_since: Option<DateTime<Utc>>,
) -> Result<Span> {
    let known = state::Entity::find().filter(state::Column::Entity.eq(entity)).one(tx.conn()).await?;
    let whole = known.and_then(|state| state.last_success_at);
    let last = whole.max(last_read(tx, entity).await?);
    // What was read of another B2Chat says nothing of this one.
    let last = last.filter(|last| account_since.is_none_or(|since| *last >= since));
    let Some(last) = last else { return days::full(today, settings.first_day) };
    let last = local(last, settings.zone);
    let open = match entity {
        SyncEntity::Chats => oldest_open(tx, settings.zone).await?,
        _ => None,
    };
    let since = days::farthest(today, last, settings.trailing_days);
    let oldest = open.into_iter().chain(oldest_lacking(tx, entity, since).await?).min();
    Ok(days::incremental(today, last, settings.trailing_days, oldest))
}

/// When the last run began that read all days up to its own, also where it lost some records: a record that cannot be read does
/// not make all days be read again for ever. Of what has no coverage nobody would know what was lost.
async fn last_read(tx: &Tx, entity: SyncEntity) -> Result<Option<DateTime<Utc>>> {
    if !matches!(entity, SyncEntity::Chats | SyncEntity::Contacts) {
        return Ok(None);
    }
    let read = SyncRuns::find()
        .filter(run::Column::Entity.eq(entity))
        .filter(run::Column::Operation.is_in([SyncOperation::Full, SyncOperation::Incremental]))
        .filter(run::Column::Status.is_in([SyncStatus::Success, SyncStatus::Partial]))
        .order_by_desc(run::Column::StartedAt)
        .one(tx.conn())
        .await?;
    Ok(read.map(|run| run.started_at))
}

/// The oldest day from one on that is not whole.
async fn oldest_lacking(tx: &Tx, entity: SyncEntity, since: NaiveDate) -> Result<Option<NaiveDate>> {
    use coverage::{Column, Entity};
    let these = Entity::find().filter(Column::Entity.eq(entity)).filter(Column::Day.gte(day(since)));
    let lacking = these.filter(Column::IsComplete.eq(false)).order_by_asc(Column::Day).one(tx.conn()).await?;
    Ok(lacking.and_then(|lacking| days::parsed(&lacking.day)))
}

fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The day on which the oldest chat began that is not over: it may be over meanwhile.
async fn oldest_open(tx: &Tx, zone: Tz) -> Result<Option<NaiveDate>> {
    let open = chat::Entity::find()
        .filter(chat::Column::Status.is_in([B2chatStatus::Open, B2chatStatus::Pending]))
        .order_by_asc(chat::Column::CreatedAt)
        .one(tx.conn())
        .await?;
    Ok(open.map(|chat| local(chat.created_at, zone)))
}

/// A run that nothing was read of yet.
pub(super) fn new_run(
    cx: &Cx,
    settings: &SyncSettings,
    entity: SyncEntity,
    operation: SyncOperation,
    span: Span,
) -> SyncRun {
    let started_by_id: Option<UserId> = match &cx.actor {
        Actor::User(user) => Some(user.id),
        _ => None,
    };
    SyncRun {
        id: cx.new_id::<SyncRunId>(),
        entity,
        operation,
        status: SyncStatus::InProgress,
        started_by_id,
        from_day: day(span.from),
        to_day: day(span.to),
        time_zone: settings.zone.name().to_owned(),
        page_size: settings.page_size.clamp(1, 1000),
        rebuilds_id: None,
        rebuilt_up_to: None,
        cursor_day: day(span.from),
        cursor_offset: 0,
        cursor_pass: 1,
        pass_new: 0,
        day_count: span.count(),
        days_done: 0,
        incomplete_days: 0,
        record_count: 0,
        created_count: 0,
        changed_count: 0,
        failed_count: 0,
        worked_ms: 0,
        attempts: 0,
        odd_attempts: 0,
        limited_attempts: 0,
        waiting_until: None,
        error_message: None,
        version: 1,
        started_at: cx.now,
        completed_at: None,
        updated_at: cx.now,
    }
}

/// Writes a run and queues it.
pub(super) async fn begin(tx: &Tx, cx: &Cx, run: SyncRun) -> Result<SyncRun> {
    let going = run::Column::Status.is_in([SyncStatus::InProgress, SyncStatus::Paused]);
    let other = SyncRuns::find().filter(going).filter(run::Column::Entity.eq(run.entity)).one(tx.conn()).await?;
    if other.is_some() {
        let field = if run.operation == SyncOperation::Rebuild { "syncRunId" } else { "entity" };
        return Err(Error::invalid(field, ProblemCode::NotAvailable, "a run of this is under way"));
    }
    Records::<SyncRuns>::insert(tx, &run).await?;
    finish::stand(tx, cx, &run, SyncStateStatus::Running).await?;
    tx.enqueue(cx, &RunSync { run: run.id }).await?;
    tx.emit(cx, &SyncStarted::of(&run));
    Ok(run)
}
