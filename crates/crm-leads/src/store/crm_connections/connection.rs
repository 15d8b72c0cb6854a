//! Connections with the company's CRM.

use chrono::{DateTime, Utc};
use kernel::{
    id::{CrmConnectionId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::crm_connections::mapping::Mappings;

/// A kind of CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CrmProvider {
    /// Salesforce.
    Salesforce,
    /// HubSpot.
    Hubspot,
    /// Zoho CRM.
    Zoho,
}

/// By which way we are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CrmMethod {
    /// Somebody said yes there.
    Oauth,
    /// By a key that somebody made there.
    Key,
}

/// How it stands between a CRM and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CrmStatus {
    /// The CRM takes our token.
    Connected,
    /// The token is past its time and could not be renewed.
    Expired,
    /// The CRM takes it no more.
    Revoked,
    /// Nothing is brought until somebody says so.
    Paused,
    /// Somebody of the company ended it.
    Disconnected,
}

/// A connection with a CRM. The credentials are never shown, told or printed.
#[derive(Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "crm_connections")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CrmConnectionId,
    /// Which CRM.
    pub provider: CrmProvider,
    /// As colleagues call it.
    pub name: String,
    /// The name in the form in which names are compared.
    pub name_folded: Option<String>,
    /// By which way we are let in.
    pub method: CrmMethod,
    /// What we act with there, sealed.
    #[serde(skip)]
    pub credentials_encrypted: Option<Vec<u8>>,
    /// Raised whenever those are others.
    pub renewed: i32,
    /// Which field of a lead goes into which of the CRM's.
    pub field_mappings: Mappings,
    /// Whether leads are brought without being asked to.
    pub auto_sync: bool,
    /// Whether what changes there comes back.
    pub pull: bool,
    /// Whether it is in use: it is not once somebody ended it.
    pub active: bool,
    /// How it stands.
    pub status: CrmStatus,
    /// What the CRM said last that it was refused for.
    pub last_error: Option<String>,
    /// Until when the token is good.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// Whoever renews it has it until then.
    pub refreshing_until: Option<DateTime<Utc>>,
    /// The CRM's limit: until then nothing is sent.
    pub limited_until: Option<DateTime<Utc>>,
    /// Whoever brings leads has the connection until then.
    pub working_until: Option<DateTime<Utc>>,
    /// Up to when changes there were looked at.
    pub pulled_until: Option<DateTime<Utc>>,
    /// When they were looked at last.
    pub pulled_at: Option<DateTime<Utc>>,
    /// Who connected it.
    pub connected_by_id: Option<UserId>,
    /// And when.
    pub connected_at: DateTime<Utc>,
    /// Raised by every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The CRM's own id of the account, where it says it.
    pub account: Option<String>,
}

/// Leaves the secrets out, although they are encrypted.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CrmConnection").field("id", &self.id).field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
