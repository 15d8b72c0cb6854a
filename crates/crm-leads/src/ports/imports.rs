//! What imports need beside the records.

use std::collections::HashSet;

use kernel::{
    Cx, Result,
    files::File,
    id::{FileId, LeadImportId},
};

use crate::store::imports::error::Model as LeadImportError;

/// The tables of imports, whoever asks, and their files.
pub trait ImportBook {
    /// Keeps an uploaded file with an import.
    async fn keep_import_file(&self, cx: &Cx, id: FileId, of: LeadImportId) -> Result<File>;
    /// Gives up the file of an import that was read.
    async fn give_up_import_file(&self, cx: &Cx, id: FileId) -> Result<()>;
    /// Which of these addresses and numbers leads have that went into no other.
    async fn taken_by_leads(&self, emails: &[String], phones: &[String]) -> Result<HashSet<String>>;
    /// Notes what was wrong with rows.
    async fn note_import_errors(&self, errors: Vec<LeadImportError>) -> Result<()>;
}
