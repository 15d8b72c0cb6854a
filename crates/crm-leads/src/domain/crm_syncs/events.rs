//! What is told of leads on their way into a CRM: ids, and what became of it.

use kernel::{
    events::{Event, Resource, Severity},
    id::{CrmConnectionId, CrmSyncId, LeadId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    domain::crm_connections::events::CRM,
    store::crm_syncs::sync::{CrmAction, CrmSyncStatus, Model as CrmSync},
};

/// Makes an event of a sync.
macro_rules! of_sync {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $severity:ident, $success:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct $name {
            /// The sync.
            pub sync: CrmSyncId,
            /// Which lead.
            pub lead: LeadId,
            /// Where to.
            pub connection: CrmConnectionId,
            /// What was to be done.
            pub action: CrmAction,
            /// Where it stands.
            pub status: CrmSyncStatus,
        }

        impl $name {
            /// That this happened to it.
            pub fn of(sync: &CrmSync) -> Self {
                Self {
                    sync: sync.id,
                    lead: sync.lead_id,
                    connection: sync.connection_id,
                    action: sync.action,
                    status: sync.status,
                }
            }
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = CRM;
            const SEVERITY: Severity = Severity::$severity;
            const SUCCESS: bool = $success;
            fn resource(&self) -> Resource {
                Resource::new("CrmSync", self.sync)
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                (None, Some(json!({ "leadId": self.lead, "connectionId": self.connection, "action": self.action, "status": self.status })))
            }
        }
    )+};
}

of_sync! {
    /// Somebody wants a lead in a CRM.
    CrmSyncRequested = "crm_sync.requested", Low, true;
    /// Somebody took that back.
    CrmSyncCancelled = "crm_sync.cancelled", Low, true;
    /// Somebody wants it tried again.
    CrmSyncRetried = "crm_sync.retried", Low, true;
    /// A lead is in a CRM as it is here, or gone from there.
    CrmSyncDone = "crm_sync.done", Low, true;
    /// It was given up.
    CrmSyncFailed = "crm_sync.failed", Medium, false;
}
