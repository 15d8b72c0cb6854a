//! An export is made: as who asked sees things when it is made, and whole or not at all. A process that dies leaves a job whose lease
//! ends, and bytes that nobody kept: another begins anew.

use chrono::TimeDelta;
use chrono_tz::Tz;
use kernel::{
    Actor, Cx, Db, Error, Result, Tx,
    cx::Permissions,
    db::Emit,
    files::{Files, Received},
    id::ExportId,
    jobs::{self, Job},
    record::{self, Records},
    usage,
};
use std::sync::Arc;

use super::{
    request::MakeExport,
    write::{Sheet, pipe},
};
use crate::{
    adapters::exports::book::Heading,
    domain::exports::{
        events::{ExportFailed, ExportFinished},
        wanted::{Wanted, few_enough, most},
    },
    policy::EXPORT_DATA,
    ports::exports::{ExportBook, ExportDesk},
    queries::exports::rows::{count, may_export},
    store::exports::{
        export::{Entity as Exports, ExportFormat, ExportStatus, Model as Export},
        repository::note_progress,
    },
};

/// So often it is begun; then it is given up.
const ATTEMPTS: i32 = 4;
/// The most bytes of a file.
const BYTES: u64 = 8 << 30;
/// The longest sentence that says why it could not be made.
const SENTENCE: usize = 500;

/// What the company has set.
#[derive(Debug, Clone)]
pub struct ExportHouse {
    /// What it is called.
    pub company: String,
    /// Its time zone.
    pub zone: Tz,
    /// How many hours files are kept.
    pub hours: i64,
}

/// What came of it.
enum Made {
    /// The file, and how many rows it has.
    Whole(Received, i32),
    /// Why there is none, for who asked.
    Not(String),
    /// Nobody wants it any more.
    TakenBack,
}

/// Makes an export.
///
/// # Errors
/// What says nothing of the export: it is tried again.
pub async fn make_export<D: ExportDesk>(
    db: &Db,
    files: &Files,
    desk: &D,
    house: &ExportHouse,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: MakeExport = job.work()?;
    let begun = db.transact(cx, "export.make", |tx| async move { begin(&tx, cx, work.export, job).await }).await?;
    let Some(export) = begun else { return Ok(()) };
    let made = match Box::pin(make(db, files, desk, house, cx, &export)).await {
        Ok(made) => made,
        // Said in words that who asked can do something about; all else is tried again.
        Err(Error::Invalid(problems)) => {
            Made::Not(problems.iter().map(kernel::Problem::sentence).collect::<Vec<_>>().join("; "))
        }
        Err(error) if job.attempts >= ATTEMPTS => {
            tracing::error!(export = %export.id, ?error, "an export could not be made");
            Made::Not("It broke off again and again. Ask for it once more, or for less at a time.".into())
        }
        Err(error) => return Err(error),
    };
    let (made, export) = (&made, &export);
    let end = |tx: Tx| async move {
        end(&tx, cx, house, export, made).await?;
        jobs::finish(&tx, job).await
    };
    let Err(error) = db.transact(cx, "export.make", end).await else { return Ok(()) };
    if let Made::Whole(received, _) = made {
        files.take_back(db, cx, received).await;
    }
    let Error::Invalid(problems) = error else { return Err(error) };
    // There was no room for it.
    let made = &Made::Not(problems.iter().map(kernel::Problem::sentence).collect::<Vec<_>>().join("; "));
    db.transact(cx, "export.make", |tx| async move {
        self::end(&tx, cx, house, export, made).await?;
        jobs::finish(&tx, job).await
    })
    .await
}

/// Notes that it is begun; `None` where there is nothing to do.
async fn begin(tx: &Tx, cx: &Cx, id: ExportId, job: &Job) -> Result<Option<Export>> {
    let before: Result<Export> = Records::<Exports>::lock(tx, cx, id).await;
    let before = match before {
        Ok(before) if before.goes_on() => before,
        Ok(_) | Err(Error::NotFound { .. }) => {
            jobs::finish(tx, job).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut after = Export {
        status: ExportStatus::Processing,
        attempts: before.attempts + 1,
        rows_written: 0,
        total_count: None,
        started_at: Some(cx.now),
        ..before.clone()
    };
    // A worker that dies says nothing.
    let given_up = before.attempts >= ATTEMPTS;
    if given_up {
        fail(tx, cx, &mut after, "It broke off again and again. Ask for it once more, or for less at a time.");
        jobs::finish(tx, job).await?;
    }
    let after = record::change::<Exports, _>(tx, cx, &before, after).await?;
    Ok((!given_up).then_some(after))
}

/// It was not made, and why.
pub(super) fn fail(tx: &Tx, cx: &Cx, export: &mut Export, why: &str) {
    let why: String = why.chars().take(SENTENCE).collect();
    export.status = ExportStatus::Failed;
    export.error_message = Some(why.clone());
    export.completed_at = Some(cx.at_present().now);
    tx.emit(cx, &ExportFailed { export: export.id, user: export.user_id, why });
}

/// Notes what came of it, where it is still this attempt's.
async fn end(tx: &Tx, cx: &Cx, house: &ExportHouse, begun: &Export, made: &Made) -> Result<()> {
    let before: Export = Records::<Exports>::lock(tx, cx, begun.id).await?;
    if before.status != ExportStatus::Processing || before.attempts != begun.attempts {
        return match made {
            // Its bytes are taken back.
            Made::Whole(..) => Err(super::write::taken_back()),
            Made::Not(_) | Made::TakenBack => Ok(()),
        };
    }
    let mut after = before.clone();
    match made {
        Made::TakenBack => return Ok(()),
        Made::Not(why) => fail(tx, cx, &mut after, why),
        Made::Whole(received, rows) => {
            tx.keep_export_file(cx, received, begun.id).await?;
            let now = cx.at_present().now;
            after.status = ExportStatus::Completed;
            after.file_id = Some(received.id);
            after.bytes = Some(received.size);
            after.record_count = Some(*rows);
            after.rows_written = *rows;
            after.completed_at = Some(now);
            after.expires_at = Some(now + TimeDelta::hours(house.hours));
            let told = ExportFinished { export: begun.id, user: begun.user_id, rows: *rows, bytes: received.size };
            tx.emit(cx, &told);
        }
    }
    record::change::<Exports, _>(tx, cx, &before, after).await.map(drop)
}

/// Who asked, with what they may do now and no more than the key held that asked; `None` for who is not active.
async fn asker<D: ExportDesk>(db: &Db, desk: &D, cx: &Cx, export: &Export) -> Result<Option<Cx>> {
    let Some(who) = export.user_id else { return Ok(Some(cx.clone())) };
    let Some(theirs) = desk.as_active(&db.reader(cx).await?, cx, who).await? else { return Ok(None) };
    let Some(held) = &export.options.held else { return Ok(Some(theirs)) };
    let mut actor = theirs.user()?.clone();
    let both = actor.permissions.names().iter().filter(|name| held.contains(name)).cloned().collect();
    actor.permissions = Permissions::new(both);
    Ok(Some(theirs.acting_as(Actor::User(Arc::new(actor)))))
}

async fn make<D: ExportDesk>(
    db: &Db,
    files: &Files,
    desk: &D,
    house: &ExportHouse,
    cx: &Cx,
    export: &Export,
) -> Result<Made> {
    let not = |why: &str| Ok(Made::Not(why.to_owned()));
    let wanted = Wanted {
        kind: export.r#type,
        format: export.format,
        filter: export.filter.clone(),
        options: export.options.clone(),
    };
    let Some(theirs) = asker(db, desk, cx, export).await? else {
        return not("Who asked for it is not active any more.");
    };
    let may = theirs.require(EXPORT_DATA).and_then(|()| may_export(desk, &theirs, wanted.kind));
    if let Err(error) = may {
        return match error {
            Error::Forbidden { permission } => {
                not(&format!("Who asked for it may not do so any more: it takes the permission {permission}."))
            }
            error => not(&format!("Who asked for it may not do so any more: {error}.")),
        };
    }
    let columns = wanted.columns()?;
    let conn = db.reader(&theirs).await?;
    let total = match wanted.options.group_by {
        Some(_) => 0,
        None => count(desk, &conn, &theirs, wanted.kind, &wanted.filter, most(wanted.format) + 1).await?,
    };
    few_enough("", wanted.format, total)?;
    let room = match cx.tenant.limits().storage_bytes {
        Some(most) => most.saturating_sub(usage::stored(&conn).await?),
        None => BYTES,
    };
    drop(conn);
    let total = i32::try_from(total).unwrap_or(i32::MAX);
    let bookkeeping = db.bookkeeping(cx).await?;
    if !note_progress(&bookkeeping, export.id, export.attempts, 0, total).await? {
        return Ok(Made::TakenBack);
    }
    drop(bookkeeping);
    let sheet =
        Sheet { db, desk, cx, theirs: &theirs, export, wanted: &wanted, columns: &columns, total, zone: house.zone };
    let (out, content) = pipe();
    let write = async {
        let written = match wanted.format {
            ExportFormat::Csv => sheet.csv(&out).await,
            ExportFormat::Jsonl => sheet.lines(&out).await,
            ExportFormat::Xlsx | ExportFormat::Pdf => {
                let heading = Heading::of(&house.company, &wanted, cx.now);
                sheet.book(heading, &out).await
            }
        };
        if let Err(error) = &written {
            // Nothing is kept of what came before an error.
            let _ = out.send(Err(error.clone())).await;
        }
        drop(out);
        written
    };
    let (written, received) = tokio::join!(write, files.receive(db, cx, &export.file_name, content, room.min(BYTES)));
    match (written, received) {
        (Ok(rows), Ok(received)) => Ok(Made::Whole(received, i32::try_from(rows).unwrap_or(i32::MAX))),
        (_, Err(Error::Conflict { .. })) => Ok(Made::TakenBack),
        (_, Err(Error::Invalid(problems))) if problems.iter().any(|problem| problem.path == ["file"]) => {
            not("There is no room left for a file of this size.")
        }
        (_, Err(error)) => Err(error),
        (Err(error), Ok(received)) => {
            files.take_back(db, cx, &received).await;
            Err(error)
        }
    }
}
