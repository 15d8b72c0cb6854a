//! The one record of a lead in a CRM.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::id::{CrmConnectionId, LeadId};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// What a field last said here and there, hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Here.
    pub ours: String,
    /// There.
    pub theirs: String,
}

/// The same of each field, by the CRM's name of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct AgreedFields(pub BTreeMap<String, Agreed>);

/// The record of a lead in a CRM.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "crm_records")]
pub struct Model {
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: CrmConnectionId,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: LeadId,
    /// As the CRM names it.
    pub external_id: String,
    /// What its fields last said here and there.
    pub fields: AgreedFields,
    /// When it was last brought, or a change of it came back.
    pub synced_at: DateTime<Utc>,
    /// When it was last changed there, as far as we know.
    pub remote_modified_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
