//! What is told of retention and of holds: which rows and how many, and nothing of what is in them.

use kernel::{
    events::{Event, Resource, Severity},
    id::{ArchiveId, LegalHoldId, RetentionRunId, TenantId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{decided::RetentionPolicy, progress::Progress};

/// The topic.
pub const RETENTION: &str = "retention";

/// Somebody decided how long rows are kept.
#[derive(Debug, Clone, Serialize)]
pub struct RetentionPolicyChanged {
    /// Whose.
    pub tenant: TenantId,
    /// It before.
    pub before: RetentionPolicy,
    /// It now.
    pub after: RetentionPolicy,
}

fn figures(policy: &RetentionPolicy) -> Json {
    json!({ "policy": policy.name, "hotDays": policy.hot_days, "totalDays": policy.total_days, "action": policy.action,
        "isEnabled": policy.is_enabled })
}

impl Event for RetentionPolicyChanged {
    const KIND: &'static str = "retention_policy.changed";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(figures(&self.before)), Some(figures(&self.after)))
    }
}

/// A run was asked for, or the schedule began one.
#[derive(Debug, Clone, Serialize)]
pub struct RetentionRequested {
    /// It.
    pub run: RetentionRunId,
    /// Whether it only counts.
    pub is_dry: bool,
    /// Which policies.
    pub policies: Vec<String>,
}

impl Event for RetentionRequested {
    const KIND: &'static str = "retention_run.requested";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("RetentionRun", self.run)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "isDryRun": self.is_dry, "policies": self.policies }))
    }
}

macro_rules! of_run {
    ($(#[$doc:meta] $name:ident = $kind:literal;)+) => {$(
        #[$doc]
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// It.
            pub run: RetentionRunId,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = RETENTION;
            const SEVERITY: Severity = Severity::Medium;
            fn resource(&self) -> Resource {
                Resource::new("RetentionRun", self.run)
            }
        }
    )+};
}

of_run! {
    /// Somebody stopped a run for a while.
    RetentionPaused = "retention_run.paused";
    /// Somebody let it go on.
    RetentionResumed = "retention_run.resumed";
    /// Somebody ended it before it was done.
    RetentionCancelled = "retention_run.cancelled";
}

/// A run is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RetentionFinished {
    /// It.
    pub run: RetentionRunId,
    /// Whether it only counted.
    pub is_dry: bool,
    /// What came of it.
    pub progress: Progress,
}

impl Event for RetentionFinished {
    const KIND: &'static str = "retention_run.finished";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("RetentionRun", self.run)
    }
    fn details(&self) -> Option<Json> {
        let each = self.progress.0.iter().map(|step| {
            json!({ "policy": step.policy, "due": step.due, "held": step.held, "removed": step.removed,
                "archived": step.archived, "archivesRemoved": step.archives_removed })
        });
        Some(json!({ "isDryRun": self.is_dry, "policies": each.collect::<Vec<_>>() }))
    }
}

/// A run broke off. What it had not archived is still there; it is tried again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RetentionFailed {
    /// It.
    pub run: RetentionRunId,
    /// Why, as a sentence.
    pub why: String,
}

impl Event for RetentionFailed {
    const KIND: &'static str = "retention_run.failed";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("RetentionRun", self.run)
    }
    fn error(&self) -> Option<String> {
        Some(self.why.clone())
    }
}

/// Rows went into an archive, and out of the database.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RowsArchived {
    /// The archive.
    pub archive: ArchiveId,
    /// Their table.
    pub table: String,
    /// How many.
    pub rows: i32,
    /// The SHA-256 of the object, in hexadecimal.
    pub sha256: String,
}

impl Event for RowsArchived {
    const KIND: &'static str = "archive.created";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Archive", self.archive)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "table": self.table, "rows": self.rows, "sha256": self.sha256 }))
    }
}

/// An archive was removed: its rows have been kept as long as they are in all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ArchiveRemoved {
    /// The archive.
    pub archive: ArchiveId,
    /// The table that its rows were of.
    pub table: String,
    /// How many rows it had.
    pub rows: i32,
}

impl Event for ArchiveRemoved {
    const KIND: &'static str = "archive.removed";
    const TOPIC: &'static str = RETENTION;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Archive", self.archive)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "table": self.table, "rows": self.rows }))
    }
}

macro_rules! of_hold {
    ($(#[$doc:meta] $name:ident = $kind:literal;)+) => {$(
        #[$doc]
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The hold.
            pub hold: LegalHoldId,
            /// What it is on: the kind of thing.
            pub kind: String,
            /// And its id.
            pub subject: uuid::Uuid,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = RETENTION;
            const SEVERITY: Severity = Severity::High;
            fn resource(&self) -> Resource {
                Resource::new("LegalHold", self.hold)
            }
            fn details(&self) -> Option<Json> {
                Some(json!({ "subjectType": self.kind, "subjectId": self.subject }))
            }
        }
    )+};
}

of_hold! {
    /// Something is kept from now on, whatever a policy says.
    LegalHoldPlaced = "legal_hold.created";
    /// It is held no more.
    LegalHoldReleased = "legal_hold.ended";
}
