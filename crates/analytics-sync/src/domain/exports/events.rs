//! What is told of exports: what kind of rows and how many, and nothing of what is in a file.

use kernel::{
    events::{Event, Resource, Severity},
    id::{ExportId, UserId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::exports::export::{ExportFormat, ExportType};

/// The topic.
pub const EXPORTS: &str = "exports";

/// Somebody asked for an export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportRequested {
    /// It.
    pub export: ExportId,
    /// What is exported.
    pub kind: ExportType,
    /// As what.
    pub format: ExportFormat,
}

impl Event for ExportRequested {
    const KIND: &'static str = "export.requested";
    const TOPIC: &'static str = EXPORTS;
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("Export", self.export)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "type": self.kind, "format": self.format })))
    }
}

/// An export is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportFinished {
    /// It.
    pub export: ExportId,
    /// Who asked.
    pub user: Option<UserId>,
    /// So many rows its file has.
    pub rows: i32,
    /// So many bytes.
    pub bytes: i64,
}

impl Event for ExportFinished {
    const KIND: &'static str = "export.finished";
    const TOPIC: &'static str = EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("Export", self.export)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "rows": self.rows, "bytes": self.bytes }))
    }
}

/// An export could not be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportFailed {
    /// It.
    pub export: ExportId,
    /// Who asked.
    pub user: Option<UserId>,
    /// Why, as a sentence.
    pub why: String,
}

impl Event for ExportFailed {
    const KIND: &'static str = "export.failed";
    const TOPIC: &'static str = EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("Export", self.export)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "why": self.why }))
    }
}

/// Somebody took an export back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportCancelled {
    /// It.
    pub export: ExportId,
}

impl Event for ExportCancelled {
    const KIND: &'static str = "export.cancelled";
    const TOPIC: &'static str = EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("Export", self.export)
    }
}

/// The file of an export has ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportExpired {
    /// It.
    pub export: ExportId,
}

impl Event for ExportExpired {
    const KIND: &'static str = "export.expired";
    const TOPIC: &'static str = EXPORTS;
    fn resource(&self) -> Resource {
        Resource::new("Export", self.export)
    }
}
