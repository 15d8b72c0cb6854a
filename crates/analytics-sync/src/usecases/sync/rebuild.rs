//! Records are made again from stored answers: what would come of it is said first.

use std::collections::HashMap;

use chrono_tz::Tz;
use kernel::{
    Conn, Cx, Db, Error, ProblemCode, Result, Tx,
    id::{ApiResponseLogId, SyncRunId},
    record,
};
use sea_orm::{PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*};
use tokio::time::Instant;

use super::{
    SyncSettings,
    commit::{Mark, Sorted, checkpoint, note_failures, note_seen, sorted},
    finish, hold,
    run::{give_up, unchanged},
    start::{begin, new_run},
    write::{AsOf, Told, write},
};
use crate::{
    domain::{
        source::page::{Endpoint, page},
        sync::days::{Span, parsed},
    },
    policy::MANAGE_SYNC,
    ports::source::Colleagues,
    queries::sync::answers::unpacked,
    store::{
        b2chat::{chat, contact},
        sync::{
            answer::{Column, Entity as Answers, Model as Answer},
            checkpoint::SyncCheckpointStatus,
            run::{Entity as SyncRuns, Model as SyncRun, SyncOperation},
        },
    },
};

/// The most answers that a preview reads.
const PREVIEWED: u64 = 300;

/// What would come of a rebuild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RebuildPreview {
    /// How many answers are stored.
    pub answers: i32,
    /// How many of them were looked at: the first ones.
    pub previewed: i32,
    /// How many records those tell of, each once.
    pub records: i32,
    /// How many are not here.
    pub added: i32,
    /// How many are here otherwise.
    pub changed: i32,
    /// How many are here just so.
    pub unchanged: i32,
    /// How many were told of later, and stay.
    pub newer: i32,
    /// How many cannot be read.
    pub failed: i32,
}

async fn source_run(conn: &Conn, id: SyncRunId) -> Result<SyncRun> {
    let run = SyncRuns::find_by_id(id).one(conn).await?.ok_or(Error::NotFound { what: "SyncRun" })?;
    if run.goes_on() {
        return Err(Error::invalid(
            "syncRunId",
            ProblemCode::NotAllowed,
            "is under way: its answers are not whole yet",
        ));
    }
    if run.operation == SyncOperation::Rebuild {
        let how = "is a rebuild itself: name the run whose answers it read";
        return Err(Error::invalid("syncRunId", ProblemCode::NotAllowed, how));
    }
    Ok(run)
}

fn stored(run: SyncRunId, after: Option<ApiResponseLogId>) -> Select<Answers> {
    let these = Answers::find().filter(Column::RunId.eq(run)).filter(Column::RecordCount.gt(0));
    let these = match after {
        Some(after) => these.filter(Column::Id.gt(after)),
        None => these,
    };
    these.order_by_asc(Column::Id)
}

async fn count(conn: &Conn, run: SyncRunId) -> Result<i32> {
    Ok(i32::try_from(stored(run, None).count(conn).await?).unwrap_or(i32::MAX))
}

/// Records by id: what they are, and when they were told of.
type Known = HashMap<String, (Vec<u8>, Option<chrono::DateTime<chrono::Utc>>)>;

async fn known(conn: &Conn, told: &Told) -> Result<Known> {
    let rows: Vec<(String, Vec<u8>, Option<chrono::DateTime<chrono::Utc>>)> = match told {
        Told::Chats(all) => {
            use chat::Column;
            let these = Column::B2chatId.is_in(all.iter().map(|one| one.id.as_str()));
            let select = chat::Entity::find().select_only();
            let select = select.columns([Column::B2chatId, Column::Digest, Column::LastSyncAt]);
            select.filter(these).into_tuple().all(conn).await?
        }
        Told::Contacts(all) => {
            use contact::Column;
            let these = Column::B2chatId.is_in(all.iter().map(|one| one.id.as_str()));
            let select = contact::Entity::find().select_only();
            let select = select.columns([Column::B2chatId, Column::Digest, Column::LastSyncAt]);
            select.filter(these).into_tuple().all(conn).await?
        }
    };
    Ok(rows.into_iter().map(|(id, digest, at)| (id, (digest, at))).collect())
}

/// Says what would come of making records again from the answers of a run. Of chats and contacts.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `syncRunId` for a run that is not over.
pub async fn preview_rebuild(conn: &Conn, cx: &Cx, zone: Tz, id: SyncRunId) -> Result<RebuildPreview> {
    cx.require(MANAGE_SYNC)?;
    source_run(conn, id).await?;
    let mut preview = RebuildPreview { answers: count(conn, id).await?, ..RebuildPreview::default() };
    let mut met: HashMap<String, Verdict> = HashMap::new();
    let mut after = None;
    for _ in 0..PREVIEWED {
        let Some(answer) = stored(id, after).one(conn).await? else { break };
        after = Some(answer.id);
        preview.previewed += 1;
        let Some((sorted, _)) = read(&answer, zone)? else { continue };
        let known = known(conn, &sorted.told).await?;
        let digests: Vec<(&str, &[u8])> = match &sorted.told {
            Told::Chats(all) => all.iter().map(|one| (one.id.as_str(), one.digest.as_slice())).collect(),
            Told::Contacts(all) => all.iter().map(|one| (one.id.as_str(), one.digest.as_slice())).collect(),
        };
        for (id, digest) in digests {
            let verdict = match known.get(id) {
                None => Verdict::Added,
                Some((kept, _)) if kept == digest => Verdict::Unchanged,
                Some((_, at)) if at.is_some_and(|at| at > answer.created_at) => Verdict::Newer,
                Some(_) => Verdict::Changed,
            };
            met.insert(id.to_owned(), verdict);
        }
        for unread in &sorted.unread {
            met.insert(unread.key.clone(), Verdict::Failed);
        }
    }
    let of = |verdict| i32::try_from(met.values().filter(|one| **one == verdict).count()).unwrap_or(i32::MAX);
    Ok(RebuildPreview {
        records: i32::try_from(met.len()).unwrap_or(i32::MAX),
        added: of(Verdict::Added),
        changed: of(Verdict::Changed),
        unchanged: of(Verdict::Unchanged),
        newer: of(Verdict::Newer),
        failed: of(Verdict::Failed),
        ..preview
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Added,
    Changed,
    Unchanged,
    Newer,
    Failed,
}

/// The records of a stored answer, and how many there were on all pages; none of one that was no page.
fn read(answer: &Answer, zone: Tz) -> Result<Option<(Sorted, i32)>> {
    let Some(endpoint) = Endpoint::of(&answer.endpoint) else { return Ok(None) };
    let body = unpacked(&answer.raw_response)?;
    Ok(page(endpoint, &body).ok().map(|page| (sorted(endpoint, &page.records, zone), page.total)))
}

/// Begins to make records again from the answers of a run: a run of its own, which asks nobody.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; [`Error::Invalid`] at `syncRunId` where it is not over or no answer of it is kept,
/// and at `entity` where a run of the same kind is under way.
pub async fn rebuild_from_raw(tx: &Tx, settings: &SyncSettings, cx: &Cx, id: SyncRunId) -> Result<SyncRun> {
    cx.require(MANAGE_SYNC)?;
    // Nobody is asked, so it need not be connected any more.
    hold(tx).await?;
    let of = source_run(tx.conn(), id).await?;
    let answers = count(tx.conn(), id).await?;
    if answers == 0 {
        return Err(Error::invalid("syncRunId", ProblemCode::NotAvailable, "none of its answers is kept any more"));
    }
    let day = |text: &str| parsed(text).ok_or_else(|| Error::internal("a run has a day that is none"));
    let span = Span { from: day(&of.from_day)?, to: day(&of.to_day)? };
    let run = new_run(cx, settings, of.entity, SyncOperation::Rebuild, span);
    begin(tx, cx, SyncRun { rebuilds_id: Some(id), day_count: answers, ..run }).await
}

/// Reads one stored answer again.
pub(super) async fn step(db: &Db, colleagues: &dyn Colleagues, cx: &Cx, run: &SyncRun) -> Result<()> {
    let Some(of) = run.rebuilds_id else { return Ok(()) };
    let zone: Tz = run.time_zone.parse().map_err(|_| Error::internal("a run has a zone that is none"))?;
    let answer = &stored(of, run.rebuilt_up_to).one(&db.reader(cx).await?).await?;
    let began = Instant::now();
    let done = db
        .transact(cx, "sync.rebuild", |tx| async move { again(&tx, colleagues, cx, run, answer, (zone, began)).await })
        .await;
    match done {
        Err(Error::Internal { detail }) => {
            tracing::error!(run = %run.id, %detail, "a stored answer was not written");
            give_up(db, cx, run, "a stored answer could not be written; the log says why".into()).await
        }
        other => other,
    }
}

async fn again(
    tx: &Tx,
    colleagues: &dyn Colleagues,
    cx: &Cx,
    run: &SyncRun,
    answer: &Option<Answer>,
    (zone, began): (Tz, Instant),
) -> Result<()> {
    hold(tx).await?;
    let Some(before) = unchanged(tx, cx, run).await? else { return Ok(()) };
    let mut after = before.clone();
    if let Some(answer) = answer {
        after.rebuilt_up_to = Some(answer.id);
        after.days_done += 1;
        if let Some((sorted, total)) = read(answer, zone)? {
            let as_of = AsOf { at: answer.created_at, is_stored: true };
            let tally = write(tx, colleagues, cx, before.entity, &sorted.told, as_of).await?;
            // What several answers tell of is one record.
            let new = note_seen(tx, &before, &sorted).await?;
            let failed = note_failures(tx, cx, &before, &sorted.unread, &new, &tally).await?;
            let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
            after.record_count = after.record_count.saturating_add(count(new.len()));
            after.created_count = after.created_count.saturating_add(tally.created);
            after.changed_count = after.changed_count.saturating_add(tally.changed);
            after.failed_count = after.failed_count.saturating_add(count(failed.len()));
            let mark = Mark { total, records: count(new.len()), failed: &failed };
            checkpoint(tx, cx, &after, &before.cursor_day, mark, SyncCheckpointStatus::Active).await?;
        }
        after.worked_ms += i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    } else {
        after.days_done = after.day_count;
        after.status = finish::outcome(&after);
        after.completed_at = Some(cx.now);
    }
    let after = record::change::<SyncRuns, _>(tx, cx, &before, after).await?;
    if after.completed_at.is_some() {
        finish::over(tx, cx, &after).await?;
    }
    Ok(())
}
