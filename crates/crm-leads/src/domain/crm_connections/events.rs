//! What is told of connections with a CRM. Never a token.

use kernel::{
    events::{Event, Resource, Severity},
    id::CrmConnectionId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::store::crm_connections::connection::{CrmProvider, CrmStatus};

/// The topic of all events of CRMs.
pub const CRM: &str = "crm";

/// Somebody went to a CRM to let us in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CrmConnectionBegun {
    /// Which CRM.
    pub provider: CrmProvider,
    /// What it will be, or is that is connected again.
    pub connection: CrmConnectionId,
}

impl Event for CrmConnectionBegun {
    const KIND: &'static str = "crm_connection.begun";
    const TOPIC: &'static str = CRM;
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("ConnectedCrm", self.connection)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "provider": self.provider }))
    }
}

/// A CRM lets us in no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CrmConnectionLost {
    /// Which connection.
    pub connection: CrmConnectionId,
    /// How it stands now.
    pub status: CrmStatus,
    /// What the CRM said.
    pub why: String,
}

impl Event for CrmConnectionLost {
    const KIND: &'static str = "crm_connection.lost";
    const TOPIC: &'static str = CRM;
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("ConnectedCrm", self.connection)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "status": self.status })))
    }
    fn error(&self) -> Option<String> {
        Some(self.why.clone())
    }
}

/// A connection was tried.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CrmConnectionTested {
    /// Which connection.
    pub connection: CrmConnectionId,
    /// How many problems there were.
    pub problems: usize,
}

impl Event for CrmConnectionTested {
    const KIND: &'static str = "crm_connection.tested";
    const TOPIC: &'static str = CRM;
    fn resource(&self) -> Resource {
        Resource::new("ConnectedCrm", self.connection)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "problems": self.problems }))
    }
}

/// Changes in a CRM are to be looked at now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CrmPullRequested {
    /// Which connection.
    pub connection: CrmConnectionId,
}

impl Event for CrmPullRequested {
    const KIND: &'static str = "crm_connection.pull_requested";
    const TOPIC: &'static str = CRM;
    fn resource(&self) -> Resource {
        Resource::new("ConnectedCrm", self.connection)
    }
}

/// All leads are to be brought into a CRM.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CrmSyncAllRequested {
    /// Which connection.
    pub connection: CrmConnectionId,
}

impl Event for CrmSyncAllRequested {
    const KIND: &'static str = "crm_connection.sync_all_requested";
    const TOPIC: &'static str = CRM;
    fn resource(&self) -> Resource {
        Resource::new("ConnectedCrm", self.connection)
    }
}
