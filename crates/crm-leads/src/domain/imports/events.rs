//! What is told of imports: counts, and nothing of what is in a file.

use kernel::{
    events::{Event, Resource},
    id::LeadImportId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::domain::leads::events::LEADS;

/// An import was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadImportStarted {
    /// It.
    pub import: LeadImportId,
    /// So many rows it has.
    pub rows: i32,
}

impl Event for LeadImportStarted {
    const KIND: &'static str = "lead_import.started";
    const TOPIC: &'static str = LEADS;
    fn resource(&self) -> Resource {
        Resource::new("LeadImport", self.import)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "rows": self.rows })))
    }
}

/// An import is done, or cannot go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeadImportFinished {
    /// It.
    pub import: LeadImportId,
    /// So many leads were made.
    pub created: i32,
    /// So many were there already.
    pub duplicates: i32,
    /// So many rows were wrong.
    pub errors: i32,
    /// Why it could not go on.
    pub failure: Option<String>,
}

impl Event for LeadImportFinished {
    const KIND: &'static str = "lead_import.finished";
    const TOPIC: &'static str = LEADS;
    fn resource(&self) -> Resource {
        Resource::new("LeadImport", self.import)
    }
    fn details(&self) -> Option<Json> {
        let Self { created, duplicates, errors, failure, .. } = self;
        Some(json!({ "created": created, "duplicates": duplicates, "errors": errors, "failure": failure }))
    }
}
