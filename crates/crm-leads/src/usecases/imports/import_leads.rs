//! An import is begun: the rows are read by a job.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{FileId, LeadImportId},
    jobs::{Enqueue, Work},
    record::Records,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    domain::imports::{events::LeadImportStarted, mapping::Mapping},
    policy::MANAGE_LEADS,
    ports::imports::ImportBook,
    store::imports::import::{Entity as LeadImports, ImportState, Model as LeadImport},
    usecases::leads::keep::actor,
};

/// The job: read the next rows of this import.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadLeadImport {
    /// The import.
    pub import: LeadImportId,
}

impl Work for ReadLeadImport {
    const KIND: &'static str = "crm_leads.read_import";
}

/// A file is to be imported.
#[derive(Debug, Clone)]
pub struct ImportLeads {
    /// The file: one that the actor uploaded and that waits to be used.
    pub file: FileId,
    /// Which column is what.
    pub mapping: Mapping,
    /// How many rows it has.
    pub rows: usize,
}

/// Begins an import.
///
/// # Errors
/// [`kernel::Error::Invalid`] for what is no file that the actor uploaded.
pub async fn import_leads<S>(s: &S, cx: &Cx, cmd: &ImportLeads) -> Result<LeadImport>
where
    S: Records<LeadImports> + ImportBook + Enqueue + Emit,
{
    cx.require(MANAGE_LEADS)?;
    let id: LeadImportId = cx.new_id();
    let file = s.keep_import_file(cx, cmd.file, id).await?;
    let import = LeadImport {
        id,
        file_id: Some(cmd.file),
        file_name: file.name,
        state: ImportState::Queued,
        mapping: json!(cmd.mapping),
        row_count: i32::try_from(cmd.rows).unwrap_or(i32::MAX),
        rows_read: 0,
        created_count: 0,
        duplicate_count: 0,
        error_count: 0,
        failure: None,
        created_by_id: actor(cx),
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
        finished_at: None,
    };
    s.insert(&import).await?;
    s.enqueue(cx, &ReadLeadImport { import: id }).await?;
    s.emit(cx, &LeadImportStarted { import: id, rows: import.row_count });
    Ok(import)
}
