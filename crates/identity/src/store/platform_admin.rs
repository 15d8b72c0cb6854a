//! The registry's table of those who keep the platform.

use chrono::{DateTime, Utc};
use kernel::id::PlatformAdminId;
use sea_orm::entity::prelude::*;

/// A platform administrator, who is a member of no tenant.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~control", table_name = "platform_admins")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlatformAdminId,
    /// Their address in its stored form; unique.
    pub email: String,
    /// The PHC string of their password's argon2id hash.
    pub password_hash: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Raising it ends what they signed in to.
    pub token_version: i32,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
