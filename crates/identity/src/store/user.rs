//! The table of the people who sign in.

use chrono::{DateTime, Utc};
use kernel::id::{DepartmentId, RoleId, StaffId};
use sea_orm::entity::prelude::*;

/// What kind of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kind {
    /// Works here.
    Staff,
    /// Buys here.
    Client,
}

/// A person as stored.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "users")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address in its stored form; unique.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The PHC string of their password's argon2id hash.
    pub password_hash: String,
    /// Their role.
    pub role_id: RoleId,
    /// Their department.
    pub department_id: Option<DepartmentId>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Raising it ends all their sessions.
    pub token_version: i32,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Who added them.
    pub created_by: Option<StaffId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
