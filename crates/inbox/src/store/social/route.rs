//! Whose an account is; in the registry.

use chrono::{DateTime, Utc};
use kernel::id::TenantId;
use sea_orm::entity::prelude::*;

use super::platform::Platform;

/// An account and a company that has connected it.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~control", table_name = "social_account_routes")]
pub struct Model {
    /// Where it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub platform: Platform,
    /// As the platform names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: String,
    /// The company.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// No relations.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
