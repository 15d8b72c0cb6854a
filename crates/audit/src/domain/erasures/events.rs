//! What is told of erasures: ids and counts, and nothing of anybody.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{
    events::{Event, Resource, Severity},
    id::{ErasureId, LegalHoldId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::erasures::erasure::ErasureScope;

/// The topic.
pub const ERASURES: &str = "erasures";

/// Somebody wants to know what would be erased of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasurePlanned {
    /// It.
    pub erasure: ErasureId,
    /// How much.
    pub scope: ErasureScope,
    /// How many rows.
    pub rows: i64,
}

impl Event for ErasurePlanned {
    const KIND: &'static str = "erasure.planned";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "scope": self.scope, "rows": self.rows })))
    }
}

/// An erasure was confirmed: it is begun when its time has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureConfirmed {
    /// It.
    pub erasure: ErasureId,
}

impl Event for ErasureConfirmed {
    const KIND: &'static str = "erasure.confirmed";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
}

/// An erasure was taken back before it began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureCancelled {
    /// It.
    pub erasure: ErasureId,
}

impl Event for ErasureCancelled {
    const KIND: &'static str = "erasure.cancelled";
    const TOPIC: &'static str = ERASURES;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
}

/// Nobody confirmed an erasure in time: it does not say any more of whom it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureExpired {
    /// It.
    pub erasure: ErasureId,
}

impl Event for ErasureExpired {
    const KIND: &'static str = "erasure.expired";
    const TOPIC: &'static str = ERASURES;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
}

/// Something was done by hand that an erasure asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureTaskDone {
    /// The erasure.
    pub erasure: ErasureId,
    /// Which of its tasks.
    pub task: i32,
}

impl Event for ErasureTaskDone {
    const KIND: &'static str = "erasure.task_done";
    const TOPIC: &'static str = ERASURES;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "task": self.task }))
    }
}

/// An erasure broke off again and again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureFailed {
    /// It.
    pub erasure: ErasureId,
}

impl Event for ErasureFailed {
    const KIND: &'static str = "erasure.failed";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
}

/// What may go of somebody is gone; legal holds keep the rest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureHeld {
    /// The erasure.
    pub erasure: ErasureId,
    /// How many rows of which table are gone.
    pub counts: BTreeMap<String, i64>,
    /// How many of which stay.
    pub kept: BTreeMap<String, i64>,
    /// Because of which holds.
    pub holds: Vec<LegalHoldId>,
}

impl Event for ErasureHeld {
    const KIND: &'static str = "erasure.held";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::Medium;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "rows": self.counts, "kept": self.kept, "holds": self.holds }))
    }
}

/// An erasure is done again in a database that was restored from a copy of before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ErasureRepeated {
    /// The erasure.
    pub erasure: ErasureId,
    /// When it was done before.
    pub done_at: DateTime<Utc>,
}

impl Event for ErasureRepeated {
    const KIND: &'static str = "erasure.repeated";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "doneAt": self.done_at }))
    }
}

/// Somebody was erased. The proof: how many rows of which table, by which plan, and how many keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonErased {
    /// The erasure.
    pub erasure: ErasureId,
    /// How many rows of which table.
    pub counts: BTreeMap<String, i64>,
    /// SHA-256 of the plan, in hexadecimal.
    pub digest: String,
    /// How many keys were destroyed.
    pub keys: usize,
}

impl Event for PersonErased {
    const KIND: &'static str = "person.erased";
    const TOPIC: &'static str = ERASURES;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Erasure", self.erasure)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "rows": self.counts, "plan": self.digest, "keys": self.keys }))
    }
}
