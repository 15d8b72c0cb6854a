//! A page is written, with how far its run is.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{Cx, Error, Result, Tx, db::any_value_of, record};
use sea_orm::{
    ConnectionTrait, IntoActiveModel, PaginatorTrait, QuerySelect, entity::prelude::*, sea_query::OnConflict,
};
use serde_json::{Value as Json, value::RawValue};
use tokio::time::Instant;

use super::{
    access, finish, hold,
    read::Reading,
    run::unchanged,
    write::{AsOf, Tally, Told, insert_all, write},
};
use crate::{
    domain::{
        source::{
            chat::chat,
            contact::contact,
            fields::{Unread, key_of},
            page::{Endpoint, record as taken_apart},
            time::day,
        },
        sync::{
            days,
            passes::{self, Next, Read},
        },
    },
    ports::source::Colleagues,
    store::{
        b2chat::contact::Texts,
        sync::{
            answer,
            checkpoint::{self, SyncCheckpointStatus},
            coverage, failure,
            run::{Entity as SyncRuns, Model as SyncRun, SyncEntity},
            seen,
        },
    },
};

/// So many failures are kept of a run; all are counted.
const FAILURES: u64 = 1_000;
/// So many stand with a day.
const DETAILS: usize = 20;
/// So many records are named that a day lacks.
const MISSING: u64 = 100;
/// The longest sentence of a failure.
const SENTENCE: usize = 500;

/// What came.
pub(super) struct Came<'a> {
    pub(super) page: &'a Reading,
    pub(super) asked_at: DateTime<Utc>,
    pub(super) began: Instant,
}

/// Records of a page: what can be kept, what cannot, and by what each is known.
pub(super) struct Sorted {
    pub(super) told: Told,
    pub(super) unread: Vec<Unread>,
    /// In the order of the page, each once.
    pub(super) keys: Vec<String>,
    pub(super) last: Option<String>,
}

/// What is wrong with a record that nothing is read of.
const TOO_DEEP: &str = "the record is nested too deep";

fn too_deep(raw: &RawValue) -> Unread {
    let key = key_of(&Json::String(raw.get().to_owned()));
    Unread { id: None, key, message: TOO_DEEP.into() }
}

/// Reads records; of one that a page tells of twice the last counts.
pub(super) fn sorted(endpoint: Endpoint, records: &[&RawValue], zone: Tz) -> Sorted {
    let (mut keys, mut unread) = (Vec::new(), Vec::new());
    fn all<T>(
        records: &[&RawValue],
        read: impl Fn(&Json) -> Result<T, Unread>,
        id: impl Fn(&T) -> &str,
        keys: &mut Vec<String>,
        unread: &mut Vec<Unread>,
    ) -> Vec<T> {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<T> = Vec::new();
        for raw in records {
            match taken_apart(raw).map_or_else(|| Err(too_deep(raw)), |value| read(&value)) {
                Ok(one) => match known.get(id(&one)) {
                    Some(at) => kept[*at] = one,
                    None => {
                        known.insert(id(&one).to_owned(), kept.len());
                        keys.push(id(&one).to_owned());
                        kept.push(one);
                    }
                },
                Err(wrong) => {
                    keys.push(wrong.key.clone());
                    unread.push(wrong);
                }
            }
        }
        kept
    }
    let told = match endpoint {
        Endpoint::Chats => Told::Chats(all(records, |value| chat(value, zone), |one| &one.id, &mut keys, &mut unread)),
        Endpoint::Contacts => {
            Told::Contacts(all(records, |value| contact(value, zone), |one| &one.id, &mut keys, &mut unread))
        }
    };
    let mut met = HashSet::new();
    keys.retain(|key| met.insert(key.clone()));
    let last = keys.last().filter(|key| !key.starts_with('?')).cloned();
    Sorted { told, unread, keys, last }
}

/// Writes a page, unless somebody else was faster or the run was paused.
pub(super) async fn commit(tx: &Tx, colleagues: &dyn Colleagues, cx: &Cx, run: &SyncRun, came: Came<'_>) -> Result<()> {
    let Some(held) = hold(tx).await? else { return Ok(()) };
    let Some(before) = unchanged(tx, cx, run).await? else { return Ok(()) };
    access::taken(tx, cx, &held).await?;
    let Reading { answer, sorted, .. } = came.page;
    let new = note_seen(tx, &before, sorted).await?;
    let as_of = AsOf { at: cx.now, is_stored: false };
    let tally = write(tx, colleagues, cx, before.entity, &sorted.told, as_of).await?;
    let mut after = before.clone();
    let failed = note_failures(tx, cx, &before, &sorted.unread, &new, &tally).await?;
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    after.record_count = after.record_count.saturating_add(count(new.len()));
    after.created_count = after.created_count.saturating_add(tally.created);
    after.changed_count = after.changed_count.saturating_add(tally.changed);
    after.failed_count = after.failed_count.saturating_add(count(failed.len()));
    after.pass_new = after.pass_new.saturating_add(count(new.len()));
    after.worked_ms += i64::try_from(came.began.elapsed().as_millis()).unwrap_or(i64::MAX);
    (after.attempts, after.odd_attempts, after.limited_attempts) = (0, 0, 0);
    (after.waiting_until, after.error_message) = (None, None);
    // A page that is read once more for the count says nothing new.
    let says_more = before.cursor_pass == 1 || !new.is_empty() || tally.created + tally.changed > 0;
    // Nor is one kept that tells of somebody who was erased, or in which nobody would be found.
    let is_legible = sorted.unread.iter().all(|one| one.message != TOO_DEEP);
    if says_more && is_legible && !tally.left_out {
        let row = answer.row(cx, &before, came.page.count, came.asked_at);
        answer::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    }
    let seen = pass_seen(tx, &before).await?;
    let zone: Tz = before.time_zone.parse().map_err(|_| Error::internal("a run has a zone that is none"))?;
    let today = days::today(cx.now, zone);
    let current = days::parsed(&before.cursor_day).unwrap_or(today);
    let next = passes::next(Read {
        pass: before.cursor_pass,
        offset: before.cursor_offset,
        page: came.page.count,
        total: came.page.total,
        seen,
        new: after.pass_new,
        // The end of the window is the day after.
        is_open: days::after(current) >= today,
    });
    let mark = Mark { total: came.page.total, records: count(new.len()), failed: &failed };
    match next {
        Next::Page(offset) => {
            after.cursor_offset = offset;
            checkpoint(tx, cx, &after, &before.cursor_day, mark, SyncCheckpointStatus::Active).await?;
        }
        Next::Again => {
            (after.cursor_offset, after.pass_new) = (0, 0);
            after.cursor_pass += 1;
            checkpoint(tx, cx, &after, &before.cursor_day, mark, SyncCheckpointStatus::Active).await?;
        }
        Next::Whole | Next::Lacking => {
            let whole = cover(tx, cx, &before, came.page.total, next == Next::Whole).await?;
            let stands = if whole { SyncCheckpointStatus::Completed } else { SyncCheckpointStatus::Failed };
            checkpoint(tx, cx, &after, &before.cursor_day, mark, stands).await?;
            seen::Entity::delete_many().filter(seen::Column::RunId.eq(before.id)).exec(tx.conn()).await?;
            after.days_done += 1;
            after.incomplete_days += i32::from(!whole);
            (after.cursor_offset, after.cursor_pass, after.pass_new) = (0, 1, 0);
            after.cursor_day = day(days::after(current));
            if after.cursor_day > after.to_day {
                after.cursor_day = before.cursor_day.clone();
                after.status = finish::outcome(&after);
                after.completed_at = Some(cx.now);
            }
        }
    }
    finish::last_record(tx, &after, sorted.last.clone()).await?;
    let after = record::change::<SyncRuns, _>(tx, cx, &before, after).await?;
    if after.completed_at.is_some() {
        finish::over(tx, cx, &after).await?;
    }
    Ok(())
}

/// Notes what this pass told of; returns what no page of the day told of before.
pub(super) async fn note_seen(tx: &Tx, run: &SyncRun, sorted: &Sorted) -> Result<HashSet<String>> {
    use seen::Column;
    let mut new: HashSet<String> = sorted.keys.iter().cloned().collect();
    let unread: HashSet<&str> = sorted.unread.iter().map(|one| one.key.as_str()).collect();
    if sorted.keys.is_empty() {
        return Ok(new);
    }
    let backend = tx.conn().get_database_backend();
    let these = any_value_of(backend, Column::RecordKey, sorted.keys.clone());
    let known: Vec<String> = seen::Entity::find()
        .select_only()
        .column(Column::RecordKey)
        .filter(Column::RunId.eq(run.id))
        .filter(these)
        .into_tuple()
        .all(tx.conn())
        .await?;
    for key in &known {
        new.remove(key);
    }
    let is_unread = |key: &String| unread.contains(key.as_str());
    for failed in [false, true] {
        let again: Vec<_> = known.iter().filter(|key| is_unread(key) == failed).cloned().collect();
        if !again.is_empty() {
            seen::Entity::update_many()
                .col_expr(Column::Pass, Expr::value(run.cursor_pass))
                .col_expr(Column::Failed, Expr::value(failed))
                .filter(Column::RunId.eq(run.id))
                .filter(any_value_of(backend, Column::RecordKey, again))
                .exec(tx.conn())
                .await?;
        }
    }
    let row = |key: &String| {
        let failed = is_unread(key);
        seen::Model { run_id: run.id, record_key: key.clone(), pass: run.cursor_pass, failed }
    };
    insert_all::<seen::Entity>(tx, new.iter().map(row).collect()).await?;
    Ok(new)
}

async fn pass_seen(tx: &Tx, run: &SyncRun) -> Result<i32> {
    let these =
        seen::Entity::find().filter(seen::Column::RunId.eq(run.id)).filter(seen::Column::Pass.eq(run.cursor_pass));
    Ok(i32::try_from(these.count(tx.conn()).await?).unwrap_or(i32::MAX))
}

/// Writes down what could not be read, and what is wrong with what was kept all the same: each once a run.
pub(super) async fn note_failures(
    tx: &Tx,
    cx: &Cx,
    run: &SyncRun,
    unread: &[Unread],
    new: &HashSet<String>,
    tally: &Tally,
) -> Result<Vec<failure::Model>> {
    let row = |id: Option<String>, message: &str| failure::Model {
        id: cx.new_id(),
        run_id: run.id,
        day: run.cursor_day.clone(),
        record_id: id,
        message: message.chars().take(SENTENCE).collect(),
        created_at: cx.now,
    };
    let mut rows: Vec<_> =
        unread.iter().filter(|one| new.contains(&one.key)).map(|one| row(one.id.clone(), &one.message)).collect();
    // The first record that it is wrong with stands for all.
    let all = tally.remarks.iter().rev();
    let remarks: BTreeMap<&str, Option<&String>> = all.map(|(of, remark)| (remark.as_str(), of.as_ref())).collect();
    for (remark, record) in remarks {
        let of = failure::Entity::find().filter(failure::Column::RunId.eq(run.id));
        if of.filter(failure::Column::Message.eq(remark)).count(tx.conn()).await? == 0 {
            rows.push(row(record.cloned(), remark));
        }
    }
    if !rows.is_empty() {
        let kept = failure::Entity::find().filter(failure::Column::RunId.eq(run.id)).count(tx.conn()).await?;
        let room = usize::try_from(FAILURES.saturating_sub(kept)).unwrap_or_default();
        insert_all::<failure::Entity>(tx, rows.iter().take(room).cloned().collect()).await?;
    }
    Ok(rows)
}

/// What a page adds to the checkpoint of its day.
pub(super) struct Mark<'a> {
    pub(super) total: i32,
    pub(super) records: i32,
    pub(super) failed: &'a [failure::Model],
}

/// Notes how far a run is with a day.
pub(super) async fn checkpoint(
    tx: &Tx,
    cx: &Cx,
    run: &SyncRun,
    of: &str,
    mark: Mark<'_>,
    status: SyncCheckpointStatus,
) -> Result<()> {
    use checkpoint::{Column, Entity, Model};
    let before = Entity::find().filter(Column::RunId.eq(run.id)).filter(Column::Day.eq(of)).one(tx.conn()).await?;
    let failed = i32::try_from(mark.failed.len()).unwrap_or(i32::MAX);
    let mut after = before.clone().unwrap_or_else(|| Model {
        id: cx.new_id(),
        run_id: run.id,
        entity: run.entity,
        day: of.to_owned(),
        total_records: None,
        processed_records: 0,
        successful_records: 0,
        failed_records: 0,
        failure_details: Texts::default(),
        checkpoint: String::new(),
        status,
        created_at: cx.now,
        updated_at: cx.now,
        completed_at: None,
    });
    after.total_records = Some(mark.total);
    after.processed_records += mark.records;
    after.failed_records += failed;
    after.successful_records = (after.processed_records - after.failed_records).max(0);
    let words = mark.failed.iter().map(|one| match &one.record_id {
        Some(id) => format!("{id}: {}", one.message),
        None => one.message.clone(),
    });
    after.failure_details.0.extend(words);
    after.failure_details.0.truncate(DETAILS);
    after.checkpoint = format!("{of}+{}#{}", run.cursor_offset, run.cursor_pass);
    after.status = status;
    after.updated_at = cx.now;
    after.completed_at = (status != SyncCheckpointStatus::Active).then_some(cx.now);
    if before.is_some() {
        Entity::update(after.into_active_model().reset_all()).exec(tx.conn()).await?;
    } else {
        Entity::insert(after.into_active_model()).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Notes how complete a day is; says whether it is whole.
async fn cover(tx: &Tx, cx: &Cx, run: &SyncRun, expected: i32, all_told: bool) -> Result<bool> {
    use coverage::{Column, Entity, Model};
    use seen::Column as Seen;
    let of = || seen::Entity::find().filter(Seen::RunId.eq(run.id));
    let count = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
    let found = count(of().count(tx.conn()).await?);
    let failed = count(of().filter(Seen::Failed.eq(true)).count(tx.conn()).await?);
    let whole = all_told && failed == 0;
    if matches!(run.entity, SyncEntity::Agents | SyncEntity::Departments) {
        return Ok(whole);
    }
    let missing: Vec<String> = of()
        .select_only()
        .column(Seen::RecordKey)
        .filter(Seen::Failed.eq(true))
        .limit(MISSING)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let row = Model {
        entity: run.entity,
        day: run.cursor_day.clone(),
        expected,
        found,
        failed,
        missing_ids: Texts(missing.into_iter().filter(|key| !key.starts_with('?')).collect()),
        is_complete: whole,
        passes: run.cursor_pass,
        run_id: Some(run.id),
        checked_at: cx.now,
    };
    let values = [
        Column::Expected,
        Column::Found,
        Column::Failed,
        Column::MissingIds,
        Column::IsComplete,
        Column::Passes,
        Column::RunId,
        Column::CheckedAt,
    ];
    Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns([Column::Entity, Column::Day]).update_columns(values).to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_is_nested_too_deep_costs_no_other() {
        let deep = format!(r#"{{"chat_id":"b","topic":{}{}}}"#, "[".repeat(300), "]".repeat(300));
        let records = [r#"{"chat_id":"a","created_at":"2026-03-01 10:00:00"}"#, deep.as_str()];
        let records = records.map(|text| RawValue::from_string(text.to_owned()).expect("JSON"));
        let Sorted { told, unread, keys, .. } = sorted(Endpoint::Chats, &records.each_ref().map(|one| &**one), Tz::UTC);
        assert!(matches!(told, Told::Chats(chats) if chats.len() == 1));
        assert_eq!((unread.len(), keys.len()), (1, 2));
        assert_eq!(unread[0].message, TOO_DEEP);
    }
}
