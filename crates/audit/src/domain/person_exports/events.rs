//! What is told of exports of what is held on people: how many rows and bytes, and nothing of what is in a file or whose they are;
//! the export's row says that as long as it is kept.

use kernel::{
    events::{Event, Resource, Severity},
    id::{PersonExportId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// The topic.
pub const PERSON_EXPORTS: &str = "person_exports";

/// Somebody asked for what is held on a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonExportRequested {
    /// The export.
    pub export: PersonExportId,
    /// Whether who asked is the person.
    pub own: bool,
}

impl Event for PersonExportRequested {
    const KIND: &'static str = "person_export.requested";
    const TOPIC: &'static str = PERSON_EXPORTS;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("PersonExport", self.export)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "own": self.own })))
    }
}

/// The file is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonExportFinished {
    /// The export.
    pub export: PersonExportId,
    /// Who asked.
    pub user: UserId,
    /// So many rows its file has.
    pub rows: i32,
    /// So many files are in it.
    pub files: i32,
    /// So many bytes.
    pub bytes: i64,
}

impl Event for PersonExportFinished {
    const KIND: &'static str = "person_export.finished";
    const TOPIC: &'static str = PERSON_EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("PersonExport", self.export)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "rows": self.rows, "files": self.files, "bytes": self.bytes }))
    }
}

/// It could not be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonExportFailed {
    /// The export.
    pub export: PersonExportId,
    /// Who asked.
    pub user: UserId,
    /// Why, as a sentence.
    pub why: String,
}

impl Event for PersonExportFailed {
    const KIND: &'static str = "person_export.failed";
    const TOPIC: &'static str = PERSON_EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("PersonExport", self.export)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "why": self.why }))
    }
}

/// Somebody took it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonExportCancelled {
    /// The export.
    pub export: PersonExportId,
}

impl Event for PersonExportCancelled {
    const KIND: &'static str = "person_export.cancelled";
    const TOPIC: &'static str = PERSON_EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("PersonExport", self.export)
    }
}

/// Its file has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonExportExpired {
    /// The export.
    pub export: PersonExportId,
}

impl Event for PersonExportExpired {
    const KIND: &'static str = "person_export.expired";
    const TOPIC: &'static str = PERSON_EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("PersonExport", self.export)
    }
}
