//! Who somebody is elsewhere.

use chrono::{DateTime, Utc};
use kernel::id::{ExternalIdentityId, IdentityProviderId, UserId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An account at an identity provider, and the person here whose it is.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "external_identities")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExternalIdentityId,
    /// Where.
    pub provider_id: IdentityProviderId,
    /// Their id there; unique at the provider.
    pub subject: String,
    /// Whose it is; `None` while nobody here is known to be that person.
    pub user_id: Option<UserId>,
    /// Their address there, where the provider said that it is verified.
    pub email: Option<String>,
    /// The provider's own time of the newest state that was applied, in milliseconds since 1970; 0 for none.
    pub revision: i64,
    /// When they were removed there, which is for good.
    pub removed_at: Option<DateTime<Utc>>,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When the picture that they have there was asked for, which happens once.
    pub picture_asked_at: Option<DateTime<Utc>>,
    /// When they last signed in by it.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
