//! What is wanted of connections with a CRM, and what comes of it.

use async_graphql::{ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::types::{ConnectedCrm, CrmLeadField, CrmProvider};
use crate::{graphql::errors::UserError, payload};

/// Somebody goes to a CRM to let us in: to a new one, with provider and name, or to one that is connected again.
#[derive(Clone, InputObject)]
pub struct StartCrmConnectionInput {
    /// Which CRM, of a new connection.
    pub provider: Option<CrmProvider>,
    /// The name of a new connection, 1–200 characters; no other has it.
    pub name: Option<String>,
    /// The connection that is made again, `crc_…`.
    pub crm_connection_id: Option<ID>,
}

/// Where somebody goes.
#[derive(SimpleObject)]
pub struct StartCrmConnectionPayload {
    /// Send the person there. They come back to the address of this installation that the CRM knows, with `code` and `state`.
    pub authorization_url: Option<String>,
    /// Until when they may come back.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody is back from a CRM.
#[derive(Clone, InputObject)]
pub struct CompleteCrmConnectionInput {
    /// What they came back with as `state`.
    pub state: String,
    /// What they came back with as `code`.
    pub code: String,
}

/// HubSpot is connected by a key: a new connection, with a name, or one that gets another key.
#[derive(Clone, InputObject)]
pub struct ConnectCrmWithKeyInput {
    /// The name of a new connection, 1–200 characters; no other has it.
    pub name: Option<String>,
    /// The connection that gets another key, `crc_…`.
    pub crm_connection_id: Option<ID>,
    /// The service key, or the token of a private app. It is never shown again.
    pub key: String,
}

/// A connection is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateCrmConnectionInput {
    /// The connection.
    pub crm_connection_id: ID,
    /// Its name, 1–200 characters; no other has it.
    pub name: Option<String>,
    /// Whether leads are brought there when they are made or changed.
    pub auto_sync: Option<bool>,
    /// Whether what is changed there comes back.
    pub pull: Option<bool>,
}

/// Which field of a lead is to go into which of a CRM's.
#[derive(Clone, InputObject)]
pub struct CrmFieldMappingInput {
    /// The lead's.
    pub lead_field: CrmLeadField,
    /// The CRM's, by its name in the API, 1–200 characters.
    pub crm_field: String,
    /// What stands there where the lead has nothing, at most 200 characters. A field that the CRM requires needs one.
    pub fallback: Option<String>,
}

/// Which fields are to go where.
#[derive(Clone, InputObject)]
pub struct SetCrmFieldMappingsInput {
    /// The connection.
    pub crm_connection_id: ID,
    /// All of them, at most 50.
    pub field_mappings: Vec<CrmFieldMappingInput>,
}

/// A connection is to be tried.
#[derive(Clone, InputObject)]
pub struct TestCrmConnectionInput {
    /// The connection.
    pub crm_connection_id: ID,
}

/// Whether a connection works.
#[derive(SimpleObject)]
pub struct TestCrmConnectionPayload {
    /// Whether leads can be brought as they are mapped.
    pub is_working: Option<bool>,
    /// What is wrong, in sentences.
    pub problems: Option<Vec<String>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A connection is to be paused.
#[derive(Clone, InputObject)]
pub struct PauseCrmConnectionInput {
    /// The connection.
    pub crm_connection_id: ID,
}

/// A connection is to be resumed.
#[derive(Clone, InputObject)]
pub struct ResumeCrmConnectionInput {
    /// The connection.
    pub crm_connection_id: ID,
}

/// A connection is to end.
#[derive(Clone, InputObject)]
pub struct DisconnectCrmInput {
    /// The connection.
    pub crm_connection_id: ID,
}

/// Changes in a CRM are to be looked at now.
#[derive(Clone, InputObject)]
pub struct PullCrmChangesInput {
    /// The connection.
    pub crm_connection_id: ID,
}

payload! {
    /// What came of connecting a CRM.
    CompleteCrmConnectionPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of connecting a CRM by a key.
    ConnectCrmWithKeyPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of changing a connection.
    UpdateCrmConnectionPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of setting which field goes where.
    SetCrmFieldMappingsPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of pausing a connection.
    PauseCrmConnectionPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of resuming a connection.
    ResumeCrmConnectionPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of ending a connection.
    DisconnectCrmPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of looking at changes.
    PullCrmChangesPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
}
