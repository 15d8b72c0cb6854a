//! The text of a document is taken out of its file.

use kernel::{
    Cx, Db, Error, Result,
    db::Emit,
    files::Files,
    id::{FileId, HelpDocumentId},
    jobs::{self, Job, Work},
    record,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::help::{
        documents::{Format, kept},
        events::HelpDocumentExtracted,
        thing::HelpThing,
    },
    limits,
    ports::help::{Extractor, HelpShelf},
    queries::help::documents::file_to_read,
    store::help::document::{Entity as HelpDocuments, ExtractionState},
};

/// The job: take the text out of this file of this document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExtractHelpDocument {
    /// The document.
    pub document: HelpDocumentId,
    /// Its file; another by then has a job of its own.
    pub file: FileId,
}

impl Work for ExtractHelpDocument {
    const KIND: &'static str = "ticketing.extract_help_document";
}

/// Takes the text out of a document's file and notes it, or why there is none. The file is read between two transactions.
///
/// # Errors
/// What says nothing of the file: it is tried again.
pub async fn extract_help_document(
    db: &Db,
    files: &Files,
    extractor: &dyn Extractor,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: ExtractHelpDocument = job.work()?;
    let Some(file) = file_to_read(&db.reader(cx).await?, work.document, work.file).await? else {
        return db.transact(cx, "help_document.extract", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    let text = match Format::of(&file) {
        Some(format) => match files.read(&cx.tenant, &file, 0..file.bytes()).await {
            Ok(content) => extractor.text(format, content).await?,
            Err(Error::NotFound { .. }) => Err("The file is gone".into()),
            Err(error) => return Err(error),
        },
        None => Err("The file is no document".into()),
    };
    let text = &text.map(|text| kept(&text, limits::DOCUMENT_TEXT)).and_then(|text| {
        if text.trim().is_empty() { Err("There is no text in the file".to_owned()) } else { Ok(text) }
    });
    let work = &work;
    db.transact(cx, "help_document.extract", |tx| async move {
        jobs::finish(&tx, job).await?;
        let Some(before) = tx.waiting(work.document, work.file).await? else { return Ok(()) };
        let mut after = before.clone();
        after.extraction_state = if text.is_ok() { ExtractionState::Done } else { ExtractionState::Failed };
        after.extraction_error = text.as_ref().err().map(|why| why.chars().take(limits::LINE).collect());
        let after = record::change::<HelpDocuments, _>(&tx, cx, &before, after).await?;
        if let Ok(text) = text {
            tx.index(HelpThing::Document(after.id), &after.title, Some(text)).await?;
        }
        tx.emit(
            cx,
            &HelpDocumentExtracted {
                document: after.id,
                file: work.file,
                state: after.extraction_state,
                error: after.extraction_error,
                characters: text.as_ref().map_or(0, |text| text.chars().count()),
            },
        );
        Ok(())
    })
    .await
}
