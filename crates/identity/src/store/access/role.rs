//! The table of roles.

use chrono::{DateTime, Utc};
use kernel::{id::RoleId, record::ByPlace};
use sea_orm::entity::prelude::*;

/// A role as stored.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "roles")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    /// Its name, unique.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it can still be given to people.
    pub is_active: bool,
    /// Whether everybody who holds it needs a second factor.
    pub requires_totp: bool,
    /// Whether its permissions are the code's.
    pub built_in: bool,
    /// The permission names of a tenant's own role.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Option<Json>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
