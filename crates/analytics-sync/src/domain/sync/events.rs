//! What is told of the synchronisation. Never a credential, and nothing of what was read.

use kernel::{
    events::{Event, Resource, Severity},
    id::{SyncRunId, TypedId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::sync::{
    access::B2chatAccessStatus,
    run::{Model as SyncRun, SyncEntity, SyncOperation, SyncStatus},
};

/// The topic of all events of the synchronisation.
pub const SYNC: &str = "sync";

/// B2Chat was connected or disconnected, or takes our credentials no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatAccessChanged {
    /// How it stood before.
    pub before: Option<B2chatAccessStatus>,
    /// How it stands now.
    pub after: B2chatAccessStatus,
    /// The tenant, whose it is.
    pub tenant: uuid::Uuid,
}

impl Event for B2chatAccessChanged {
    const KIND: &'static str = "b2chat_access.changed";
    const TOPIC: &'static str = SYNC;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource { kind: "ConnectedB2Chat", id: self.tenant }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.before.map(|status| json!({ "status": status })), Some(json!({ "status": self.after })))
    }
}

/// Somebody tried whether B2Chat lets us in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatAccessTested {
    /// The tenant, whose it is.
    pub tenant: uuid::Uuid,
    /// Whether it works.
    pub works: bool,
}

impl Event for B2chatAccessTested {
    const KIND: &'static str = "b2chat_access.tested";
    const TOPIC: &'static str = SYNC;
    fn resource(&self) -> Resource {
        Resource { kind: "ConnectedB2Chat", id: self.tenant }
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "works": self.works }))
    }
}

macro_rules! of_run {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $severity:ident, $success:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// Which run.
            pub run: SyncRunId,
            /// Of what.
            pub entity: SyncEntity,
            /// Which days it reads.
            pub operation: SyncOperation,
            /// How it stands now.
            pub status: SyncStatus,
            /// How many records it read.
            pub records: i32,
            /// How many it could not read.
            pub failed: i32,
            /// How many days are not whole.
            pub incomplete_days: i32,
            /// Whether a person began it.
            pub by_person: bool,
            /// Why it could not go on.
            pub why: Option<String>,
        }

        impl $name {
            /// It, of this run.
            pub fn of(run: &SyncRun) -> Self {
                Self {
                    run: run.id,
                    entity: run.entity,
                    operation: run.operation,
                    status: run.status,
                    records: run.record_count,
                    failed: run.failed_count,
                    incomplete_days: run.incomplete_days,
                    by_person: run.started_by_id.is_some(),
                    why: run.error_message.clone(),
                }
            }
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = SYNC;
            const SEVERITY: Severity = Severity::$severity;
            const SUCCESS: bool = $success;
            fn resource(&self) -> Resource {
                Resource::new("SyncRun", self.run)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                (None, Some(json!({ "entity": self.entity, "operation": self.operation, "status": self.status })))
            }
            fn details(&self) -> Option<Json> {
                Some(json!({ "records": self.records, "failed": self.failed, "incompleteDays": self.incomplete_days }))
            }
            fn error(&self) -> Option<String> {
                if $success { None } else { self.why.clone() }
            }
        }
    )+};
}

of_run! {
    /// A run was begun.
    SyncStarted = "sync.started", Low, true;
    /// A run is over: all was read, or a part.
    SyncCompleted = "sync.completed", Low, true;
    /// A run could not go on.
    SyncFailed = "sync.failed", Medium, false;
    /// Somebody paused a run.
    SyncPaused = "sync.paused", Low, true;
    /// Somebody resumed it.
    SyncResumed = "sync.resumed", Low, true;
    /// Somebody ended it.
    SyncCancelled = "sync.cancelled", Low, true;
}

/// Somebody marked a record as deleted, or took that back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct B2chatRecordMarked {
    /// The kind of record, as the API calls it.
    pub what: String,
    /// Which.
    pub id: uuid::Uuid,
    /// Whether it counts as deleted now.
    pub is_deleted: bool,
}

impl B2chatRecordMarked {
    /// It, of this record.
    pub fn new(what: &'static str, id: impl TypedId, is_deleted: bool) -> Self {
        Self { what: what.to_owned(), id: id.uuid(), is_deleted }
    }
}

impl Event for B2chatRecordMarked {
    const KIND: &'static str = "b2chat_record.marked";
    const TOPIC: &'static str = SYNC;
    fn resource(&self) -> Resource {
        let kind = match self.what.as_str() {
            "B2ChatChat" => "B2ChatChat",
            "B2ChatContact" => "B2ChatContact",
            _ => "B2ChatAgent",
        };
        Resource { kind, id: self.id }
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isDeleted": !self.is_deleted })), Some(json!({ "isDeleted": self.is_deleted })))
    }
}
