//! The rows of an import are read, some at a time. What came of them and how far it is stands in one transaction, so a process that
//! dies repeats nothing and leaves nothing out.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use kernel::{
    Cx, Db, Error, Result, Tx,
    db::Emit,
    files::{self, Files},
    id::LeadImportId,
    jobs::{self, Enqueue, Job},
    record::{self, Records, by_ids},
};

use super::{
    import_leads::ReadLeadImport,
    plan::{is_known, lead_of, reached},
};
use crate::{
    domain::imports::{events::LeadImportFinished, mapping::Mapping, sheet::Sheet},
    ports::{imports::ImportBook, leads::Numbers},
    store::{
        imports::{
            error::Model as LeadImportError,
            import::{Entity as LeadImports, ImportState, Model as LeadImport},
        },
        leads::lead::{LeadSource, Model as Lead},
    },
    usecases::leads::keep::make,
};

/// So many rows go into one transaction.
const ROWS: usize = 100;
/// So many transactions a job makes before it lets others go on.
const STEPS: usize = 10;
/// So many errors are kept of an import.
const KEPT: i32 = 1_000;
/// The longest sentence of an error that is kept.
const SENTENCE: usize = 500;

/// The rows of an import, or why they cannot be read.
async fn rows(db: &Db, files: &Files, cx: &Cx, import: &LeadImport) -> Result<std::result::Result<Sheet, String>> {
    let Some(id) = import.file_id else { return Ok(Err("The file is gone".into())) };
    let file = files::by_ids(&db.reader(cx).await?, &[id]).await?.remove(&id);
    let Some(file) = file else { return Ok(Err("The file is gone".into())) };
    let content = match files.read(&cx.tenant, &file, 0..file.bytes()).await {
        Ok(content) => content,
        Err(Error::NotFound { .. }) => return Ok(Err("The file is gone".into())),
        Err(error) => return Err(error),
    };
    let bytes = content
        .try_fold(Vec::new(), |mut all, bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        })
        .await?;
    Ok(Sheet::read(&bytes).map_err(|error| error.to_string()))
}

/// Makes the leads of some rows; returns the import as it is then.
async fn step(
    tx: &Tx,
    (numbers, region): (&impl Numbers, &str),
    cx: &Cx,
    before: LeadImport,
    mapping: &Mapping,
    sheet: &Sheet,
) -> Result<LeadImport> {
    let from = usize::try_from(before.rows_read).unwrap_or(usize::MAX).min(sheet.rows.len());
    let rows = &sheet.rows[from..(from + ROWS).min(sheet.rows.len())];
    let mut after = before.clone();
    let mut leads = Vec::new();
    let mut errors = Vec::new();
    for row in rows {
        match lead_of(cx, numbers, region, mapping, row) {
            Ok(lead) => leads.push(lead),
            Err(wrong) => {
                after.error_count += 1;
                errors.extend(wrong);
            }
        }
    }
    let (emails, phones) = reached(&leads);
    let mut known: HashSet<String> = tx.taken_by_leads(&emails, &phones).await?;
    for lead in leads {
        if is_known(&mut known, &lead) {
            after.duplicate_count += 1;
            continue;
        }
        let (source_kind, source_id) = (LeadSource::Import, Some(before.id.0));
        make(tx, cx, Lead { source_kind, source_id, created_by_id: before.created_by_id, ..lead }).await?;
        after.created_count += 1;
    }
    if before.error_count < KEPT {
        let kept = errors.into_iter().map(|wrong| LeadImportError {
            import_id: before.id,
            row_number: wrong.row,
            column_name: wrong.column,
            message: wrong.message.chars().take(SENTENCE).collect(),
        });
        tx.note_import_errors(kept.collect()).await?;
    }
    after.rows_read += i32::try_from(rows.len()).unwrap_or(i32::MAX);
    after.state = ImportState::Running;
    if usize::try_from(after.rows_read).unwrap_or(usize::MAX) >= sheet.rows.len() {
        end(tx, cx, &mut after, None).await?;
    }
    record::change::<LeadImports, _>(tx, cx, &before, after).await
}

/// The import ends: its file, which is full of people, is given up.
async fn end(tx: &Tx, cx: &Cx, import: &mut LeadImport, failure: Option<String>) -> Result<()> {
    import.state = if failure.is_some() { ImportState::Failed } else { ImportState::Done };
    import.failure = failure.map(|why| why.chars().take(SENTENCE).collect());
    import.finished_at = Some(cx.now);
    if let Some(file) = import.file_id.take() {
        tx.give_up_import_file(cx, file).await?;
    }
    let told = LeadImportFinished {
        import: import.id,
        created: import.created_count,
        duplicates: import.duplicate_count,
        errors: import.error_count,
        failure: import.failure.clone(),
    };
    tx.emit(cx, &told);
    Ok(())
}

fn goes_on(import: &LeadImport) -> bool {
    matches!(import.state, ImportState::Queued | ImportState::Running)
}

/// Reads the next rows of an import, and asks for those after them.
///
/// # Errors
/// What says nothing of the file: it is tried again.
pub async fn read_lead_import(
    db: &Db,
    files: &Files,
    (numbers, region): (&(impl Numbers + Sync), &str),
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: ReadLeadImport = job.work()?;
    let id: LeadImportId = work.import;
    let found = by_ids::<LeadImports>(&db.reader(cx).await?, cx, &[id]).await?.remove(&id);
    let Some(found) = found.filter(goes_on) else {
        return db.transact(cx, "lead_import.read", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    let mapping: &Mapping = &serde_json::from_value(found.mapping.clone()).map_err(Error::internal)?;
    let sheet = &rows(db, files, cx, &found).await?;
    let mut going = true;
    for _ in 0..STEPS {
        if !going {
            break;
        }
        let one = |tx: Tx| async move {
            let before: LeadImport = Records::<LeadImports>::lock(&tx, cx, id).await?;
            if !goes_on(&before) {
                return Ok(false);
            }
            let after = match sheet {
                Ok(sheet) => step(&tx, (numbers, region), cx, before, mapping, sheet).await?,
                Err(why) => {
                    let mut after = before.clone();
                    end(&tx, cx, &mut after, Some(why.clone())).await?;
                    record::change::<LeadImports, _>(&tx, cx, &before, after).await?
                }
            };
            Ok(goes_on(&after))
        };
        going = db.transact(cx, "lead_import.read", one).await?;
    }
    db.transact(cx, "lead_import.read", |tx| async move {
        if going {
            tx.enqueue(cx, &ReadLeadImport { import: id }).await?;
        }
        jobs::finish(&tx, job).await
    })
    .await
}
