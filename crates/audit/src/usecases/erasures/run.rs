//! An erasure is done: table by table, some rows at a time, each batch in a transaction that notes it. A process that dies leaves a job
//! whose lease ends; another finds what is left and goes on. Only the end says that it is done, with the proof.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Cx, Error, Result, Tx,
    crypto::hex,
    db::{Emit, TENANT, erase::references},
    files,
    held::{By, Erased, Held},
    id::{ArchiveId, ErasureId, FileId},
    jobs::{self, Job},
    record::{self, Records},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use super::{confirm::Erase, plan::ErasureHouse};
use crate::{
    domain::{
        erasures::{
            Whose,
            events::{ErasureCancelled, ErasureFailed, PersonErased},
        },
        persons::Someone,
    },
    queries::{
        persons::{archived::Known, theirs::Theirs},
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
/// What is erased at the end and not with the rows: the keys, by which everything sealed goes at once.
const KEYS: &str = "personal_keys";
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
    let begun =
        house.db.transact(cx, "erasure.run", |tx| async move { begin(house, &tx, cx, work.erasure, job).await });
    let Some(erasure) = begun.await? else { return Ok(()) };
    match Box::pin(erase(house, cx, &erasure)).await {
        Ok(whose) => {
            let (erasure, whose) = (&erasure, &whose);
            house
                .db
                .transact(cx, "erasure.run", |tx| async move {
                    end(house, &tx, cx, erasure, whose).await?;
                    jobs::finish(&tx, job).await
                })
                .await
        }
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

/// Notes that it is begun; none where there is nothing to do.
async fn begin(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, id: ErasureId, job: &Job) -> Result<Option<Erasure>> {
    let before = match Records::<Erasures>::lock(tx, cx, id).await {
        Ok(before) if matches!(before.status, ErasureStatus::Confirmed | ErasureStatus::Erasing) => before,
        Ok(_) | Err(Error::NotFound { .. }) => {
            jobs::finish(tx, job).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let whose = before.whose.clone().unwrap_or_default().someone();
    let mut after = before.clone();
    if before.started_at.is_none() {
        // Whoever must be kept since it was confirmed is kept.
        if let Err(Error::Invalid(problems)) = house.may_go(tx, cx, "erasureId", &whose, before.scope).await {
            let why: Vec<_> = problems.iter().map(kernel::Problem::sentence).collect();
            after.status = ErasureStatus::Failed;
            after.error_message = Some(why.join("; "));
            record::change::<Erasures, _>(tx, cx, &before, after).await?;
            tx.emit(cx, &ErasureFailed { erasure: id });
            jobs::finish(tx, job).await?;
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

/// Erases everything but the keys; returns whose it was.
async fn erase(house: ErasureHouse<'_>, cx: &Cx, erasure: &Erasure) -> Result<Someone> {
    let whose = erasure.whose.clone().unwrap_or_default().someone();
    let db = house.db;
    let (references, order) = {
        let conn = db.reader(cx).await?;
        let references = references(&conn).await?;
        let order = in_order(house.catalogue, &references);
        (references, order)
    };
    let theirs =
        &Theirs { catalogue: house.catalogue, whose: &whose, outside: false, erasing: true, backend: db.backend() };
    // What no statement looks into goes first: what says whose it is goes later.
    for (_, held) in &order {
        if held.ties.iter().any(|tie| matches!((tie.by, tie.erased), (By::Inside(_), Erased::Row))) {
            erase_inside(house, cx, erasure, held.table, &whose).await?;
        }
    }
    let archived = known_of_tables(house, cx, erasure, theirs).await?;
    let mut looked = BTreeSet::new();
    erase_archives(house, cx, erasure, &archived, &mut looked).await?;
    let eraser = &Eraser { theirs, references: &references, now: cx.now };
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
                    Ok(rows)
                };
                if db.transact(cx, "erasure.run", batch).await? == 0 {
                    break;
                }
                // Between the batches others write.
                tokio::task::yield_now().await;
            }
        }
    }
    // Rows that were archived just before they would have gone, and mails that were queued.
    erase_archives(house, cx, erasure, &archived, &mut looked).await?;
    erase_inside(house, cx, erasure, JOBS, &whose).await?;
    db.transact(cx, "erasure.run", |tx| async move { eraser.forget_words(tx.conn()).await }).await?;
    let files = house.desk.end_exports(cx).await?;
    if files > 0 {
        db.transact(cx, "erasure.run", |tx| async move { note(&tx, cx, erasure, EXPORTS, files).await }).await?;
    }
    house.desk.sweep(cx).await?;
    Ok(whose)
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
    archived: &[(&'static str, Known)],
    looked: &mut BTreeSet<ArchiveId>,
) -> Result<()> {
    for (table, known) in archived {
        let archives = archives_to_read(&house.db.reader(cx).await?, None, Some(table), (None, None)).await?;
        for archive in archives.iter().filter(|archive| looked.insert(archive.id)) {
            let rows = erase_archived(house.db, house.storage, cx, archive, known).await?;
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
    let Some(rows) = eraser.theirs.tie(held, &held.ties[at]) else { return Ok(0) };
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

/// The end, with the proof.
async fn end(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, begun: &Erasure, whose: &Someone) -> Result<()> {
    let before = own(tx, cx, begun).await?;
    let keys = destroy(house.db, tx, cx, &whose.subjects()).await?;
    let mut after = before.clone();
    if keys > 0 {
        after.counts.0.insert(KEYS.to_owned(), i64::try_from(keys).unwrap_or(i64::MAX));
    }
    after.status = ErasureStatus::Done;
    after.whose = None;
    after.completed_at = Some(cx.at_present().now);
    let after = record::change::<Erasures, _>(tx, cx, &before, after).await?;
    drop_plans(tx, cx, whose).await?;
    let (counts, digest) = (after.counts.0, hex(&after.digest));
    tx.emit(cx, &PersonErased { erasure: begun.id, counts, digest, keys });
    Ok(())
}

/// Takes back what else was planned of somebody who is not there any more: such a plan holds their addresses.
async fn drop_plans(tx: &Tx, cx: &Cx, whose: &Someone) -> Result<()> {
    let open = [ErasureStatus::Planned, ErasureStatus::Confirmed, ErasureStatus::Failed];
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
