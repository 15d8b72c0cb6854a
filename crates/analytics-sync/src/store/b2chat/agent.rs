//! Agents.

use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatDepartmentId, StaffId},
    record::ByPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An agent that B2Chat tells of.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_agents")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: B2chatAgentId,
    /// As B2Chat knows them: their user name, or else their address, or else their name.
    pub b2chat_id: String,
    /// Whether that is no id of B2Chat's.
    pub id_derived: bool,
    /// Their name.
    pub name: String,
    /// The same, to be ordered by.
    pub name_order: String,
    /// Their address, in the form that is stored.
    pub email: Option<String>,
    /// Their user name.
    pub username: Option<String>,
    /// The department of the newest chat that they have.
    pub department_id: Option<B2chatDepartmentId>,
    /// The colleague with that address.
    pub staff_id: Option<StaffId>,
    /// Whether they answer chats.
    pub is_active: bool,
    /// Whether they count as deleted.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// When a synchronisation last told of them.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When they were first told of.
    pub created_at: DateTime<Utc>,
    /// When they last changed here.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
