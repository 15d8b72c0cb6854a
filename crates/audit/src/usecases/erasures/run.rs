//! An erasure is done: table by table, some rows at a time, each batch in a transaction that notes it. A process that dies leaves a job
//! whose lease ends; another finds what is left and goes on. Only the end says that it is done, with the proof. What a legal hold keeps
//! waits for the end of that, and so does the end.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Cx, Error, Result, Tx,
    crypto::hex,
    db::{Emit, TENANT, erase::references},
    files,
    held::{By, Erased, Held, Kind},
    id::{ArchiveId, ErasureId, FileId, UserId},
    jobs::{self, Job},
    record::{self, Records},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use super::{confirm::Erase, ledger, plan::ErasureHouse};
use crate::{
    domain::{
        erasures::{
            Lines, Whose,
            events::{ErasureCancelled, ErasureFailed, ErasureHeld, PersonErased},
        },
        persons::Someone,
    },
    queries::{
        erasures::{KEYS, plan},
        persons::{archived::Known, kept::Kept, theirs::Theirs},
        retention::archives::archives_to_read,
    },
    store::{
        erasures::{
            erasure::{Column, Entity as Erasures, ErasureStatus, Model as Erasure},
            rows::{BATCH, Eraser, in_order},
        },
        persons::{Table, table},
    },
    usecases::{archives::erase::erase_archived, erasures::plan::EXPORTS, forget::destroy},
};

/// So often it is begun; then it is given up, until somebody confirms it once more.
const ATTEMPTS: i32 = 6;
/// Mails that wait are sealed. What told of them may have queued more of them until it went.
const JOBS: &str = "jobs";
/// Files are given up, so that their bytes go as well.
const FILES: &str = "files";

/// Erases what an erasure names.
///
/// # Errors
/// What says nothing of the erasure: it is tried again.
pub async fn run_erasure(house: ErasureHouse<'_>, cx: &Cx, job: &Job) -> Result<()> {
    let work: Erase = job.work()?;
    let begun = house.db.transact(cx, "erasure.run", |tx| async move {
        let begun = begin(house, &tx, cx, work.erasure, false).await?;
        if begun.is_none() {
            jobs::finish(&tx, job).await?;
        }
        Ok(begun)
    });
    let Some(erasure) = begun.await? else { return Ok(()) };
    match Box::pin(erase(house, cx, &erasure, Some(job))).await {
        Ok(()) => Ok(()),
        Err(error) if job.attempts >= ATTEMPTS => {
            tracing::error!(erasure = %erasure.id, ?error, "an erasure broke off");
            let erasure = &erasure;
            house
                .db
                .transact(cx, "erasure.run", |tx| async move {
                    give_up(&tx, cx, erasure).await?;
                    jobs::finish(&tx, job).await
                })
                .await
        }
        Err(error) => Err(error),
    }
}

/// Erases what an erasure names that was done before the database was restored: at once, and whoever it is.
///
/// # Errors
/// Whatever breaks it off: it is begun again.
pub(super) async fn erase_again(house: ErasureHouse<'_>, cx: &Cx, id: ErasureId) -> Result<()> {
    let begun = house.db.transact(cx, "erasure.run", |tx| async move { begin(house, &tx, cx, id, true).await });
    match begun.await? {
        Some(erasure) => Box::pin(erase(house, cx, &erasure, None)).await,
        None => Ok(()),
    }
}

/// Notes that it is begun; none where there is nothing to do. Who was erased before may not be kept `again`.
async fn begin(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, id: ErasureId, again: bool) -> Result<Option<Erasure>> {
    let open = [ErasureStatus::Confirmed, ErasureStatus::Erasing, ErasureStatus::Held];
    let before = match Records::<Erasures>::lock(tx, cx, id).await {
        Ok(before) if open.contains(&before.status) => before,
        Ok(_) | Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let whose = before.whose.clone().unwrap_or_default().someone();
    let mut after = before.clone();
    if before.started_at.is_none() {
        // Whoever must be kept since it was confirmed is kept.
        if !again && let Err(Error::Invalid(problems)) = house.may_go(tx, cx, "erasureId", &whose, before.scope).await {
            let why: Vec<_> = problems.iter().map(kernel::Problem::sentence).collect();
            after.status = ErasureStatus::Failed;
            after.error_message = Some(why.join("; "));
            record::change::<Erasures, _>(tx, cx, &before, after).await?;
            tx.emit(cx, &ErasureFailed { erasure: id });
            return Ok(None);
        }
        let kept = Kept::of(tx.conn(), house.catalogue, &whose).await?;
        if kept.all {
            // Nothing may go: it has not begun, and may be taken back.
            hold(house, tx, cx, &before, &kept).await?;
            return Ok(None);
        }
        house.desk.bury(tx, cx, &whose).await?;
        after.started_at = Some(cx.now);
    }
    after.status = ErasureStatus::Erasing;
    after.attempts += 1;
    record::change::<Erasures, _>(tx, cx, &before, after).await.map(Some)
}

/// The row, where it is still this attempt's.
async fn own(tx: &Tx, cx: &Cx, begun: &Erasure) -> Result<Erasure> {
    let now = Records::<Erasures>::lock(tx, cx, begun.id).await?;
    if now.status != ErasureStatus::Erasing || now.attempts != begun.attempts {
        return Err(Error::Conflict { message: "another worker erases it".into(), retryable: false });
    }
    Ok(now)
}

/// Notes how many rows of a table went.
async fn note(tx: &Tx, cx: &Cx, begun: &Erasure, table: &str, rows: u64) -> Result<()> {
    let before = own(tx, cx, begun).await?;
    let mut after = before.clone();
    *after.counts.0.entry(table.to_owned()).or_default() += i64::try_from(rows).unwrap_or(i64::MAX);
    record::change::<Erasures, _>(tx, cx, &before, after).await.map(drop)
}

/// Erases everything that no hold keeps, and says so. Where other holds stand by then, all is gone through once more.
async fn erase(house: ErasureHouse<'_>, cx: &Cx, begun: &Erasure, job: Option<&Job>) -> Result<()> {
    let whose = &begun.whose.clone().unwrap_or_default().someone();
    loop {
        let erasure = &house.db.transact(cx, "erasure.run", |tx| async move { own(&tx, cx, begun).await }).await?;
        let kept = &Kept::of(&house.db.reader(cx).await?, house.catalogue, whose).await?;
        if !kept.all {
            erase_rows(house, cx, erasure, whose, kept).await?;
        }
        let ended = house.db.transact(cx, "erasure.run", |tx| async move {
            if kept.is_out_of_date(tx.conn()).await? {
                return Ok(false);
            }
            let before = own(&tx, cx, begun).await?;
            if kept.is_none() {
                end(house, &tx, cx, &before, whose).await?;
            } else {
                hold(house, &tx, cx, &before, kept).await?;
            }
            if let Some(job) = job {
                jobs::finish(&tx, job).await?;
            }
            Ok(true)
        });
        if ended.await? {
            return Ok(());
        }
    }
}

/// Erases the rows that no hold keeps, as far as the same holds stand.
async fn erase_rows(
    house: ErasureHouse<'_>,
    cx: &Cx,
    erasure: &Erasure,
    whose: &Someone,
    kept: &Kept<'_>,
) -> Result<()> {
    let db = house.db;
    let (references, order) = {
        let conn = db.reader(cx).await?;
        let references = references(&conn).await?;
        let order = in_order(house.catalogue, &references);
        (references, order)
    };
    let theirs = &Theirs { catalogue: house.catalogue, whose, outside: false, erasing: true, backend: db.backend() };
    // What no statement looks into goes first: what says whose it is goes later.
    for (_, held) in &order {
        if held.ties.iter().any(|tie| matches!((tie.by, tie.erased), (By::Inside(_), Erased::Row))) {
            let rest = &if held.table == JOBS { whose.clone() } else { kept.without(whose) };
            erase_inside(house, cx, erasure, held.table, rest).await?;
        }
    }
    let archived = known_of_tables(house, cx, erasure, theirs).await?;
    let mut looked = BTreeSet::new();
    erase_archives(house, cx, erasure, (&archived, kept), &mut looked).await?;
    let eraser = &Eraser { theirs, kept, references: &references, now: cx.now };
    for (_, held) in order {
        if held.table == KEYS {
            continue;
        }
        let table = &table(&db.reader(cx).await?, held.table).await?;
        for at in 0..held.ties.len() {
            if !matches!(held.ties[at].erased, Erased::Row | Erased::Values(_)) {
                continue;
            }
            loop {
                let batch = |tx: Tx| async move {
                    if kept.is_out_of_date(tx.conn()).await? {
                        return Ok(None);
                    }
                    let rows = match held.table {
                        FILES => give_up_files(&tx, cx, eraser, table, held, at).await?,
                        _ => {
                            let (rows, ids) = eraser.batch(tx.conn(), table, held, at).await?;
                            house.desk.erased(&tx, cx, held.table, &ids).await?;
                            rows
                        }
                    };
                    if rows > 0 {
                        note(&tx, cx, erasure, held.table, rows).await?;
                    }
                    Ok(Some(rows))
                };
                match db.transact(cx, "erasure.run", batch).await? {
                    Some(0) => break,
                    Some(_) => {}
                    None => return Ok(()),
                }
                // Between the batches others write.
                tokio::task::yield_now().await;
            }
        }
    }
    // Rows that were archived just before they would have gone, and mails that were queued.
    erase_archives(house, cx, erasure, (&archived, kept), &mut looked).await?;
    erase_inside(house, cx, erasure, JOBS, whose).await?;
    db.transact(cx, "erasure.run", |tx| async move { eraser.forget_words(tx.conn()).await }).await?;
    let people: Vec<_> = kept.named(whose, Kind::Person).into_iter().map(UserId).collect();
    if !people.is_empty() {
        let people = &people;
        db.transact(cx, "erasure.run", |tx| async move { house.desk.shut(&tx, cx, people).await }).await?;
    }
    let files = house.desk.end_exports(cx).await?;
    if files > 0 {
        db.transact(cx, "erasure.run", |tx| async move { note(&tx, cx, erasure, EXPORTS, files).await }).await?;
    }
    house.desk.sweep(cx).await
}

/// Erases what of a table no statement can look into.
async fn erase_inside(
    house: ErasureHouse<'_>,
    cx: &Cx,
    begun: &Erasure,
    table: &'static str,
    whose: &Someone,
) -> Result<()> {
    let rows = house.desk.inside(cx, table, whose).await?;
    if rows > 0 {
        house.db.transact(cx, "erasure.run", |tx| async move { note(&tx, cx, begun, table, rows).await }).await?;
    }
    Ok(())
}

/// What they are known by in the archives of each table that may be archived. It is kept: where this breaks off, the rows that told it
/// are gone, and what was archived meanwhile is theirs all the same.
async fn known_of_tables(
    house: ErasureHouse<'_>,
    cx: &Cx,
    begun: &Erasure,
    theirs: &Theirs<'_>,
) -> Result<Vec<(&'static str, Known)>> {
    let conn = house.db.reader(cx).await?;
    let whose = begun.whose.clone().unwrap_or_default();
    let mut all = Vec::new();
    for held in house.archived.iter().filter_map(|table| house.catalogue.of(table)) {
        let known = Known::of(&conn, theirs, held, whose.archived.get(held.table)).await?;
        all.extend(known.map(|known| (held.table, known)));
    }
    drop(conn);
    let hang = all.iter().filter(|(_, known)| !known.hangs_on.is_empty());
    let archived: BTreeMap<_, _> = hang.map(|(table, known)| ((*table).to_owned(), known.hangs_on.clone())).collect();
    if archived != whose.archived {
        let whose = &Whose { archived, ..whose };
        let kept = |tx: Tx| async move {
            let before = own(&tx, cx, begun).await?;
            let after = Erasure { whose: Some(whose.clone()), ..before.clone() };
            record::change::<Erasures, _>(&tx, cx, &before, after).await.map(drop)
        };
        house.db.transact(cx, "erasure.run", kept).await?;
    }
    Ok(all)
}

/// Takes what is theirs out of the archives that were not looked at yet.
async fn erase_archives(
    house: ErasureHouse<'_>,
    cx: &Cx,
    begun: &Erasure,
    (archived, kept): (&[(&'static str, Known)], &Kept<'_>),
    looked: &mut BTreeSet<ArchiveId>,
) -> Result<()> {
    for (table, known) in archived {
        let archives = archives_to_read(&house.db.reader(cx).await?, None, Some(table), (None, None)).await?;
        for archive in archives.iter().filter(|archive| looked.insert(archive.id)) {
            let rows = erase_archived(house.db, house.storage, cx, archive, known, kept).await?;
            if rows > 0 {
                let note = |tx: Tx| async move { note(&tx, cx, begun, table, rows).await };
                house.db.transact(cx, "erasure.run", note).await?;
            }
        }
    }
    Ok(())
}

/// Gives some files up; returns how many.
async fn give_up_files(tx: &Tx, cx: &Cx, eraser: &Eraser<'_>, table: &Table, held: &Held, at: usize) -> Result<u64> {
    let Some(rows) = eraser.rows(held, at) else { return Ok(0) };
    let col = |name: &'static str| Expr::col((Alias::new(FILES), Alias::new(name)));
    let mut select = Query::select();
    select.expr(col("id")).from((Alias::new(TENANT), Alias::new(FILES))).cond_where(rows);
    // The rows of those that were given up go with their bytes.
    select.and_where(col("stored_at").is_not_null()).limit(BATCH);
    let mut gone = 0;
    for row in tx.conn().query_all(&select).await? {
        let id: FileId = row.try_get("", "id")?;
        // Whoever names it lets it go now: its row goes with its bytes, later.
        eraser.let_go_of(tx.conn(), table, id.0).await?;
        files::remove(tx, cx, id).await?;
        gone += 1;
    }
    Ok(gone)
}

/// Holds keep the rest: it waits for the end of those.
async fn hold(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, before: &Erasure, kept: &Kept<'_>) -> Result<()> {
    let whose = before.whose.clone().unwrap_or_default().someone();
    let why = kept.why();
    let lines = plan(tx.conn(), house.catalogue, &whose, kept).await?.lines;
    let lines: Vec<_> = lines.into_iter().filter(|line| line.why.as_ref() == Some(&why)).collect();
    let mut after = before.clone();
    after.status = ErasureStatus::Held;
    after.kept = Lines(lines);
    if after.kept != before.kept {
        let mut stay = BTreeMap::<_, i64>::new();
        after.kept.0.iter().for_each(|line| *stay.entry(line.table.clone()).or_default() += line.rows);
        let (counts, holds) = (after.counts.0.clone(), kept.holds.iter().map(|hold| hold.id).collect());
        tx.emit(cx, &ErasureHeld { erasure: before.id, counts, kept: stay, holds });
    }
    let after = record::change::<Erasures, _>(tx, cx, before, after).await?;
    if after.started_at.is_some() && after.noted_at.is_none() {
        ledger::note(house, cx, &after, &kept.holds).await?;
    }
    Ok(())
}

/// The end, with the proof.
async fn end(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, before: &Erasure, whose: &Someone) -> Result<()> {
    let keys = destroy(house.db, tx, cx, &whose.subjects()).await?;
    let mut after = before.clone();
    if keys > 0 {
        after.counts.0.insert(KEYS.to_owned(), i64::try_from(keys).unwrap_or(i64::MAX));
    }
    after.status = ErasureStatus::Done;
    after.kept = Lines::default();
    after.completed_at = Some(cx.at_present().now);
    if after.noted_at.is_none() {
        ledger::note(house, cx, &after, &[]).await?;
        after.noted_at = after.completed_at;
    }
    after.whose = None;
    let after = record::change::<Erasures, _>(tx, cx, before, after).await?;
    drop_plans(tx, cx, whose).await?;
    let (counts, digest) = (after.counts.0, hex(&after.digest));
    tx.emit(cx, &PersonErased { erasure: before.id, counts, digest, keys });
    Ok(())
}

/// Takes back what else was planned of somebody who is not there any more: such a plan holds their addresses.
async fn drop_plans(tx: &Tx, cx: &Cx, whose: &Someone) -> Result<()> {
    let open = [ErasureStatus::Planned, ErasureStatus::Confirmed, ErasureStatus::Failed, ErasureStatus::Held];
    let open = Erasures::find().filter(Column::Status.is_in(open)).filter(Column::StartedAt.is_null());
    for before in open.order_by_asc(Column::Id).all(tx.conn()).await? {
        let theirs = before.whose.clone().unwrap_or_default().someone();
        let same = theirs.emails.iter().any(|email| whose.emails.contains(email))
            || theirs.ids.iter().any(|(kind, ids)| whose.ids.get(kind).is_some_and(|gone| !gone.is_disjoint(ids)));
        if same {
            let (status, completed_at) = (ErasureStatus::Cancelled, Some(cx.at_present().now));
            let after = Erasure { status, whose: None, completed_at, ..before.clone() };
            record::change::<Erasures, _>(tx, cx, &before, after).await?;
            tx.emit(cx, &ErasureCancelled { erasure: before.id });
        }
    }
    Ok(())
}

/// It broke off too often.
async fn give_up(tx: &Tx, cx: &Cx, begun: &Erasure) -> Result<()> {
    let before = own(tx, cx, begun).await?;
    let why = "It broke off again and again. What is gone is gone; confirm it once more, and it goes on.";
    let after = Erasure { status: ErasureStatus::Failed, error_message: Some(why.into()), ..before.clone() };
    record::change::<Erasures, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &ErasureFailed { erasure: begun.id });
    Ok(())
}
