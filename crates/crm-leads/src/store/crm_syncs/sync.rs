//! What of a lead is to be brought into a CRM.

use chrono::{DateTime, Utc};
use kernel::{
    id::{CrmConnectionId, CrmSyncId, LeadId, UserId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is to be done with the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CrmAction {
    /// It is to be made.
    Create,
    /// It is to say what the lead says.
    Update,
    /// It is to go.
    Delete,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CrmSyncStatus {
    /// It waits, or is under way.
    Pending,
    /// It is there.
    Success,
    /// It was given up.
    Failed,
    /// Somebody took it back.
    Cancelled,
}

/// What of a lead is to be brought into a CRM.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "crm_syncs")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CrmSyncId,
    /// Which lead.
    pub lead_id: LeadId,
    /// Where to.
    pub connection_id: CrmConnectionId,
    /// What is to be done.
    pub action: CrmAction,
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
    /// When it is tried next; none once it is over.
    pub next_retry_at: Option<DateTime<Utc>>,
    /// Whoever brings it has it until then.
    pub leased_until: Option<DateTime<Utc>>,
    /// Raised where the lead is changed while it waits.
    pub round: i32,
    /// Who asked for it; none, where Frontdesk did.
    pub requested_by_id: Option<UserId>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
