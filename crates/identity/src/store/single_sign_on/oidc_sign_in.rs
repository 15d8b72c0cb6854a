//! Sign-ins under way at an identity provider.

use chrono::{DateTime, Utc};
use kernel::id::IdentityProviderId;
use sea_orm::entity::prelude::*;

/// Somebody was sent to a provider and is expected back.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "oidc_sign_ins")]
pub struct Model {
    /// SHA-256 of the `state` they come back with.
    #[sea_orm(primary_key, auto_increment = false)]
    pub state_hash: Vec<u8>,
    /// Where they were sent.
    pub provider_id: IdentityProviderId,
    /// SHA-256 of what their browser keeps.
    pub flow_hash: Vec<u8>,
    /// SHA-256 of the `nonce` that the ID token must hold.
    pub nonce_hash: Vec<u8>,
    /// The PKCE verifier, encrypted.
    pub verifier: Vec<u8>,
    /// Where they come back to.
    pub redirect_uri: String,
    /// How long they are waited for.
    pub expires_at: DateTime<Utc>,
    /// What the provider said of them, encrypted; `None` until they came back and were asked for their second factor.
    pub answer: Option<Vec<u8>>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
