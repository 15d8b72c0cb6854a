//! The registry of tenants: `public.tenants` on PostgreSQL, the main file on SQLite.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::id::TenantId;

/// A tenant's tier; limits by tier come with the tenants' own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Tier {
    /// Small teams.
    Free,
    /// Paying teams.
    Pro,
    /// Companies with a contract.
    Enterprise,
}

/// One tenant, as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "~control", table_name = "tenants")]
pub struct Model {
    /// The tenant's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    /// The short name in headers and commands; unique, never changed.
    pub slug: String,
    /// The company's name; unique.
    pub name: String,
    /// The tier.
    pub tier: Tier,
    /// The PostgreSQL schema, or the stem of the SQLite file, that holds the tenant's rows.
    pub schema_name: String,
    /// A host name whose requests belong to this tenant.
    pub host: Option<String>,
    /// Further settings of the tenant.
    pub settings: Json,
    /// A suspended tenant's requests are refused; its data stays untouched.
    pub active: bool,
    /// The name of the newest migration that the tenant's schema has.
    pub schema_version: Option<String>,
    /// Why the last migration of this tenant failed, if it did.
    pub migration_error: Option<String>,
    /// When the tenant was made.
    pub created_at: DateTime<Utc>,
    /// When the tenant was last changed.
    pub updated_at: DateTime<Utc>,
}

/// One tenant, as the registry knows it.
pub type Tenant = Model;

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
/// No relation: the registry is one table.
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether `slug` may name a tenant: 1–40 characters of `a-z`, `0-9`, `-`, beginning with a letter.
pub fn is_slug(slug: &str) -> bool {
    (1..=40).contains(&slug.len())
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && !slug.ends_with('-')
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
