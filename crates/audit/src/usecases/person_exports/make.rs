//! What is held on a person is put together, whole or not at all. A process that dies leaves a job whose lease ends, and bytes that
//! nobody kept: another begins anew.

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use kernel::{
    Cx, Db, Error, Result, Tx,
    cx::UserKind,
    db::Emit,
    files::{self, Content, Files, Owner, Received},
    id::PersonExportId,
    jobs::{self, Job},
    record::{self, Records},
    usage,
};
use tokio::io::AsyncReadExt;

use super::{
    archive::Archive,
    request::MakePersonExport,
    write::{Sheet, Written, taken_back},
};
use crate::{
    domain::{
        person_exports::{
            events::{PersonExportFailed, PersonExportFinished},
            page::Page,
        },
        persons::{Catalogue, Start},
    },
    policy::MANAGE_PERSONAL_DATA,
    ports::persons::PersonDesk,
    queries::persons::find::find,
    store::person_exports::person_export::{Entity as PersonExports, Model as PersonExport, PersonExportStatus},
};

/// So often it is begun; then it is given up.
const ATTEMPTS: i32 = 4;
/// The most bytes of a file.
const BYTES: u64 = 8 << 30;
/// The longest sentence that says why it could not be made.
const SENTENCE: usize = 500;
/// So many bytes are handed on at a time.
const CHUNK: usize = 64 << 10;
/// What is said of one that breaks off.
const BROKE_OFF: &str = "It broke off again and again. Ask for it once more.";

/// What is declared, and what the company has set.
#[derive(Debug, Clone)]
pub struct PersonExportHouse {
    /// What all contexts declare.
    pub catalogue: Catalogue,
    /// What the company is called.
    pub company: String,
    /// How many hours files are kept.
    pub hours: i64,
}

/// What came of it.
enum Made {
    /// The file, how many rows it has, and how many files are in it.
    Whole(Received, i32, i32),
    /// Why there is none, for who asked.
    Not(String),
    /// Nobody wants it any more.
    TakenBack,
}

fn not(problems: &[kernel::Problem]) -> Made {
    Made::Not(problems.iter().map(kernel::Problem::sentence).collect::<Vec<_>>().join("; "))
}

/// Makes an export.
///
/// # Errors
/// What says nothing of the export: it is tried again.
pub async fn make_person_export(
    db: &Db,
    files: &Files,
    desk: &dyn PersonDesk,
    house: &PersonExportHouse,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: MakePersonExport = job.work()?;
    let begin = |tx: Tx| async move { begin(&tx, cx, work.export, job).await };
    let Some(export) = db.transact(cx, "person_export.make", begin).await? else { return Ok(()) };
    let made = match Box::pin(make(db, files, desk, house, cx, &export)).await {
        Ok(made) => made,
        // Said in words that who asked can do something about; all else is tried again.
        Err(Error::Invalid(problems)) => not(&problems),
        Err(error) if job.attempts >= ATTEMPTS => {
            tracing::error!(export = %export.id, ?error, "what is held on a person could not be put together");
            Made::Not(BROKE_OFF.into())
        }
        Err(error) => return Err(error),
    };
    let (made, export) = (&made, &export);
    let end = |tx: Tx| async move {
        end(&tx, cx, house, export, made).await?;
        jobs::finish(&tx, job).await
    };
    let Err(error) = db.transact(cx, "person_export.make", end).await else { return Ok(()) };
    if let Made::Whole(received, ..) = made {
        files.take_back(db, cx, received).await;
    }
    let Error::Invalid(problems) = error else { return Err(error) };
    // There was no room for it.
    let made = &not(&problems);
    db.transact(cx, "person_export.make", |tx| async move {
        self::end(&tx, cx, house, export, made).await?;
        jobs::finish(&tx, job).await
    })
    .await
}

/// Notes that it is begun; `None` where there is nothing to do.
async fn begin(tx: &Tx, cx: &Cx, id: PersonExportId, job: &Job) -> Result<Option<PersonExport>> {
    let before: Result<PersonExport> = Records::<PersonExports>::lock(tx, cx, id).await;
    let before = match before {
        Ok(before) if before.goes_on() => before,
        Ok(_) | Err(Error::NotFound { .. }) => {
            jobs::finish(tx, job).await?;
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut after = PersonExport {
        status: PersonExportStatus::Processing,
        attempts: before.attempts + 1,
        tables_done: 0,
        rows_written: 0,
        table_count: None,
        started_at: Some(cx.now),
        ..before.clone()
    };
    // A worker that dies says nothing.
    let given_up = before.attempts >= ATTEMPTS;
    if given_up {
        fail(tx, cx, &mut after, BROKE_OFF);
        jobs::finish(tx, job).await?;
    }
    let after = record::change::<PersonExports, _>(tx, cx, &before, after).await?;
    Ok((!given_up).then_some(after))
}

fn fail(tx: &Tx, cx: &Cx, export: &mut PersonExport, why: &str) {
    let why: String = why.chars().take(SENTENCE).collect();
    export.status = PersonExportStatus::Failed;
    export.error_message = Some(why.clone());
    export.completed_at = Some(cx.at_present().now);
    tx.emit(cx, &PersonExportFailed { export: export.id, user: export.user_id, why });
}

/// Notes what came of it, where it is still this attempt's.
async fn end(tx: &Tx, cx: &Cx, house: &PersonExportHouse, begun: &PersonExport, made: &Made) -> Result<()> {
    let before: PersonExport = Records::<PersonExports>::lock(tx, cx, begun.id).await?;
    if before.status != PersonExportStatus::Processing || before.attempts != begun.attempts {
        return match made {
            // Its bytes are taken back.
            Made::Whole(..) => Err(taken_back()),
            Made::Not(_) | Made::TakenBack => Ok(()),
        };
    }
    let mut after = before.clone();
    match made {
        Made::TakenBack => return Ok(()),
        Made::Not(why) => fail(tx, cx, &mut after, why),
        Made::Whole(received, rows, count) => {
            files::keep_received(tx, cx, received, Owner::of(begun.id)).await?;
            let now = cx.at_present().now;
            after.status = PersonExportStatus::Completed;
            after.file_id = Some(received.id);
            after.bytes = Some(received.size);
            after.record_count = Some(*rows);
            after.file_count = Some(*count);
            after.rows_written = *rows;
            after.completed_at = Some(now);
            after.expires_at = Some(now + TimeDelta::hours(house.hours));
            let (export, user, bytes) = (begun.id, begun.user_id, received.size);
            tx.emit(cx, &PersonExportFinished { export, user, rows: *rows, files: *count, bytes });
        }
    }
    record::change::<PersonExports, _>(tx, cx, &before, after).await.map(drop)
}

async fn make(
    db: &Db,
    files: &Files,
    desk: &dyn PersonDesk,
    house: &PersonExportHouse,
    cx: &Cx,
    export: &PersonExport,
) -> Result<Made> {
    let not = |why: &str| Ok(Made::Not(why.to_owned()));
    let Some(theirs) = desk.as_active(cx, export.user_id).await? else {
        return not("Who asked for it is not active any more.");
    };
    if !export.is_own && !theirs.can(MANAGE_PERSONAL_DATA) {
        let name = MANAGE_PERSONAL_DATA.name;
        return not(&format!("Who asked for it may not do so any more: it takes the permission {name}."));
    }
    let Some(start) = Start::read(&export.subject) else { return not("There is no such person any more.") };
    // An address that nobody proved may be another's.
    let by_email = !export.is_own || desk.proved(cx, export.user_id).await?;
    let whose = match find(db, cx, &house.catalogue, &start, by_email).await {
        Ok(whose) => whose,
        Err(Error::NotFound { .. }) => return not("There is no such person any more."),
        Err(error) => return Err(error),
    };
    if whose.is_cut {
        return not("There are more records than one person has; ask for one of them that is tied to fewer.");
    }
    let room = match cx.tenant.limits().storage_bytes {
        Some(most) => most.saturating_sub(usage::stored(&db.reader(cx).await?).await?),
        None => BYTES,
    };
    let sheet = Sheet {
        db,
        files,
        desk,
        catalogue: &house.catalogue,
        cx,
        export,
        whose: &whose,
        outside: export.is_own && theirs.user().is_ok_and(|user| user.kind == UserKind::Client),
        keys: Sheet::keys_of(db, cx, &whose).await?,
    };
    let (written, file) = match Box::pin(put_together(&sheet, house)).await {
        Ok(done) => done,
        Err(Error::Conflict { .. }) => return Ok(Made::TakenBack),
        Err(error) => return Err(error),
    };
    match files.receive(db, cx, &export.file_name, content(file), room.min(BYTES)).await {
        Ok(received) => Ok(Made::Whole(received, written.rows, i32::try_from(written.file_count).unwrap_or(i32::MAX))),
        Err(Error::Invalid(problems)) if problems.iter().any(|problem| problem.path == ["file"]) => {
            not("There is no room left for a file of this size.")
        }
        Err(error) => Err(error),
    }
}

async fn put_together(sheet: &Sheet<'_>, house: &PersonExportHouse) -> Result<(Written, tokio::fs::File)> {
    let archive = Archive::begin();
    let written = sheet.write(&archive).await;
    let page = written.as_ref().map(|written| {
        let page = Page {
            company: &house.company,
            at: sheet.cx.now,
            records: &sheet.records(),
            parts: &written.parts,
            files: &written.files,
            file_count: written.file_count,
            is_own: sheet.outside,
        };
        page.html()
    });
    if let Ok(page) = page {
        archive.file("index.html").await?;
        archive.bytes(page).await?;
    }
    // What the thread that writes says of an error is why the rest could not be handed on.
    let file = archive.end().await?;
    Ok((written?, file))
}

/// The bytes of the archive, a few at a time.
fn content(file: tokio::fs::File) -> Content {
    let chunks = stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await.map_err(Error::unavailable)?;
        chunk.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    });
    chunks.boxed()
}
