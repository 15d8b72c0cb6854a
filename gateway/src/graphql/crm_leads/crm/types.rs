//! Connections with a CRM and what is brought there, as those see them who may.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use crm_leads::records::{CrmConnections, Leads};
use kernel::id::{CrmConnectionId, LeadId, UserId};

use crate::{
    connection,
    graphql::{
        crm_leads::leads::Lead,
        errors::Result,
        identity::{IntoId, User, user},
        loaders::{By, CrmRecordsOf},
        scope::scope,
    },
};

/// A kind of CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::CrmProvider")]
pub enum CrmProvider {
    /// Salesforce: leads are leads there.
    Salesforce,
    /// HubSpot: leads are contacts there.
    Hubspot,
    /// Zoho CRM: leads are leads there.
    Zoho,
}

/// By which way a CRM lets us in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::CrmMethod")]
pub enum CrmConnectionMethod {
    /// Somebody said yes there.
    Oauth,
    /// By a key that somebody made there.
    Key,
}

/// How it stands between a CRM and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::CrmStatus")]
pub enum CrmConnectionStatus {
    /// It lets us in.
    Connected,
    /// The token is past its time and could not be renewed: connect it again.
    Expired,
    /// It lets us in no more: connect it again.
    Revoked,
    /// Nothing is brought and nothing comes back until it is resumed.
    Paused,
    /// Somebody ended it. What was is kept; it can be connected again.
    Disconnected,
}

/// A field of a lead that a CRM can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::MappedField")]
pub enum CrmLeadField {
    /// The whole name.
    Name,
    /// The name without its last word.
    FirstName,
    /// The last word of the name.
    LastName,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// The company.
    Company,
    /// The notes.
    Notes,
    /// Where the lead stands: NEW, CONTACTED, QUALIFIED, CONVERTED or LOST.
    Status,
    /// HOT, WARM or COLD.
    Score,
    /// Where it came from, such as MESSAGE.
    Source,
    /// When it was made.
    CreatedAt,
}

/// What a field of a CRM holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::RemoteType")]
pub enum CrmFieldType {
    /// A line of text.
    Text,
    /// A longer text.
    LongText,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A number.
    Number,
    /// A day, or an instant.
    Time,
    /// One of several words.
    Choice,
    /// Yes or no.
    Flag,
    /// Something that a lead has nothing for.
    Other,
}

/// A field of a CRM, as it describes it itself.
#[derive(Debug, Clone, SimpleObject)]
pub struct CrmField {
    /// Its name in the CRM's API.
    pub name: String,
    /// As people read it there.
    pub label: String,
    /// What it holds.
    #[graphql(name = "type")]
    pub kind: CrmFieldType,
    /// Whether a record cannot be without it.
    pub is_required: bool,
    /// Whether nobody can write it.
    pub is_read_only: bool,
    /// Whether no two records have the same in it.
    pub is_unique: bool,
    /// The words that it may hold, of one that holds one of several.
    pub choices: Vec<String>,
    /// The longest text, in characters, where the CRM says so.
    pub max_length: Option<i32>,
}

impl From<crm_leads::RemoteField> for CrmField {
    fn from(field: crm_leads::RemoteField) -> Self {
        Self {
            name: field.name,
            label: field.label,
            kind: field.kind.into(),
            is_required: field.required,
            is_read_only: field.read_only,
            is_unique: field.unique,
            choices: field.choices,
            max_length: field.length.map(|length| i32::try_from(length).unwrap_or(i32::MAX)),
        }
    }
}

/// Which field of a lead goes into which of a CRM's.
#[derive(Debug, Clone, SimpleObject)]
pub struct CrmFieldMapping {
    /// The lead's.
    pub lead_field: CrmLeadField,
    /// The CRM's, by its name in the API.
    pub crm_field: String,
    /// What stands there where the lead has nothing.
    pub fallback: Option<String>,
}

/// A connection with a CRM. Tokens and keys are never shown.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ConnectedCrm {
    /// Its id, `crc_…`.
    pub id: ID,
    /// Which CRM.
    pub provider: CrmProvider,
    /// Its name.
    pub name: String,
    /// By which way we are let in.
    pub method: CrmConnectionMethod,
    /// How it stands.
    pub status: CrmConnectionStatus,
    /// Whether it is in use.
    pub is_active: bool,
    /// Whether leads are brought there when they are made or changed.
    pub auto_sync: bool,
    /// Whether what is changed there comes back.
    pub pull: bool,
    /// Which field goes where.
    pub field_mappings: Vec<CrmFieldMapping>,
    /// The field there that holds our ids: the CRM knows our leads by it.
    pub key_field: String,
    /// What the CRM said when it let us in no more.
    pub last_error: Option<String>,
    /// Until when the token is good that we have now; it is renewed before.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// Until when nothing is sent, since the CRM's limit is reached.
    pub limited_until: Option<DateTime<Utc>>,
    /// When changes there were last looked at.
    pub pulled_at: Option<DateTime<Utc>>,
    /// When it was connected.
    pub connected_at: DateTime<Utc>,
    /// When it was first connected.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    connected_by_id: Option<UserId>,
}

impl From<crm_leads::CrmConnection> for ConnectedCrm {
    fn from(connection: crm_leads::CrmConnection) -> Self {
        let mapping = |mapping: crm_leads::CrmMapping| CrmFieldMapping {
            lead_field: mapping.lead.into(),
            crm_field: mapping.crm,
            fallback: mapping.fallback,
        };
        Self {
            id: connection.id.into_id(),
            provider: connection.provider.into(),
            name: connection.name,
            method: connection.method.into(),
            status: connection.status.into(),
            is_active: connection.active,
            auto_sync: connection.auto_sync,
            pull: connection.pull,
            field_mappings: connection.field_mappings.0.into_iter().map(mapping).collect(),
            key_field: connection.provider.key_field().to_owned(),
            last_error: connection.last_error,
            token_expires_at: connection.token_expires_at,
            limited_until: connection.limited_until,
            pulled_at: connection.pulled_at,
            connected_at: connection.connected_at,
            created_at: connection.created_at,
            updated_at: connection.updated_at,
            connected_by_id: connection.connected_by_id,
        }
    }
}

#[ComplexObject]
impl ConnectedCrm {
    /// Who connected it; null without the permission to see them.
    async fn connected_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.connected_by_id)).await
    }
}

/// What is done with a record in a CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::CrmAction")]
pub enum CrmSyncAction {
    /// It is made.
    Create,
    /// It says what the lead says.
    Update,
    /// It goes.
    Delete,
}

/// Where a sync stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crm_leads::CrmSyncStatus")]
pub enum CrmSyncStatus {
    /// It waits, or is under way.
    Pending,
    /// It is there.
    Success,
    /// It was given up; the error says why. It can be tried again.
    Failed,
    /// Somebody took it back, or ended the connection.
    Cancelled,
}

/// What of a lead is brought into a CRM.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct CrmSync {
    /// Its id, `csy_…`.
    pub id: ID,
    /// What is done.
    pub action: CrmSyncAction,
    /// Where it stands.
    pub status: CrmSyncStatus,
    /// As the CRM names the record.
    pub external_id: Option<String>,
    /// Why the last attempt failed.
    pub error_message: Option<String>,
    /// When it was brought.
    pub synced_at: Option<DateTime<Utc>>,
    /// How often it was tried and failed.
    pub retry_count: i32,
    /// When it is tried next; null once it is over.
    pub next_retry_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The connection, `crc_…`.
    pub connection_id: ID,
    #[graphql(skip)]
    connection_key: CrmConnectionId,
    #[graphql(skip)]
    lead_key: LeadId,
    #[graphql(skip)]
    requested_by_id: Option<UserId>,
}

impl From<crm_leads::CrmSync> for CrmSync {
    fn from(sync: crm_leads::CrmSync) -> Self {
        Self {
            id: sync.id.into_id(),
            action: sync.action.into(),
            status: sync.status.into(),
            external_id: sync.external_id,
            error_message: sync.error_message,
            synced_at: sync.synced_at,
            retry_count: sync.retry_count,
            next_retry_at: sync.next_retry_at,
            created_at: sync.created_at,
            updated_at: sync.updated_at,
            connection_id: sync.connection_id.into_id(),
            connection_key: sync.connection_id,
            lead_key: sync.lead_id,
            requested_by_id: sync.requested_by_id,
        }
    }
}

async fn connection_of(ctx: &Context<'_>, id: CrmConnectionId) -> Result<Option<ConnectedCrm>> {
    let found = scope(ctx).loaders.load_one(By::<CrmConnections>(id)).await?;
    Ok(found.map(|connection| connection.as_ref().clone().into()))
}

#[ComplexObject]
impl CrmSync {
    /// The lead.
    async fn lead(&self, ctx: &Context<'_>) -> Result<Option<Lead>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(By::<Leads>(self.lead_key)).await?;
            Ok(found.map(|lead| lead.as_ref().clone().into()))
        })
        .await
    }

    /// Where to; null without the permission to keep CRMs.
    async fn connection(&self, ctx: &Context<'_>) -> Result<Option<ConnectedCrm>> {
        Box::pin(connection_of(ctx, self.connection_key)).await
    }

    /// Who asked for it; null where Frontdesk did, or without the permission to see them.
    async fn requested_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Box::pin(user(ctx, self.requested_by_id)).await
    }
}

/// The one record of a lead in a CRM.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct CrmRecord {
    /// The connection, `crc_…`.
    pub connection_id: ID,
    /// As the CRM names it.
    pub external_id: String,
    /// When it was last brought, or a change there was looked at.
    pub synced_at: DateTime<Utc>,
    /// When it was last changed there, as far as changes there were looked at.
    pub changed_there_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    connection_key: CrmConnectionId,
}

#[ComplexObject]
impl CrmRecord {
    /// Where; null without the permission to keep CRMs.
    async fn connection(&self, ctx: &Context<'_>) -> Result<Option<ConnectedCrm>> {
        Box::pin(connection_of(ctx, self.connection_key)).await
    }
}

/// The records in CRMs of a lead that the viewer has found.
pub async fn records_of(ctx: &Context<'_>, lead: LeadId) -> Result<Vec<CrmRecord>> {
    let found = scope(ctx).loaders.load_one(CrmRecordsOf(lead)).await?.unwrap_or_default();
    let record = |record: &crm_leads::CrmRecord| CrmRecord {
        connection_id: record.connection_id.into_id(),
        external_id: record.external_id.clone(),
        synced_at: record.synced_at,
        changed_there_at: record.remote_modified_at,
        connection_key: record.connection_id,
    };
    Ok(found.iter().map(record).collect())
}

connection!(ConnectedCrmConnection, ConnectedCrmEdge, ConnectedCrm, crm_leads::CrmConnection, "CRM connections");
connection!(CrmSyncConnection, CrmSyncEdge, CrmSync, crm_leads::CrmSync, "CRM syncs");
