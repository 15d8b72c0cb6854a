//! Where else people sign in, and who tells of changes to people there.

use chrono::{DateTime, Utc};
use kernel::id::{IdentityProviderId, RoleId};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

use crate::domain::single_sign_on::discovery::Endpoints;
use crate::store::people::user::Kind;

/// A list of texts in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Texts(pub Vec<String>);

/// A word of the provider's and the role that it stands for here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedRole {
    /// The word, as the provider says it.
    pub value: String,
    /// The role.
    pub role: RoleId,
}

/// Words and roles in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct MappedRoles(pub Vec<MappedRole>);

/// An identity provider as stored.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(schema_name = "~tenant", table_name = "identity_providers")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityProviderId,
    /// Its name on the sign-in page; unique.
    pub name: String,
    /// The name in the form in which names are compared; none where another had it before that was refused.
    pub name_folded: Option<String>,
    /// Its issuer in OpenID Connect, never changed; `None` where it only tells of its people by webhook.
    pub issuer: Option<String>,
    /// Who we are there.
    pub client_id: Option<String>,
    /// Our secret there, encrypted; `None` for a public client.
    pub client_secret: Option<Vec<u8>>,
    /// What its discovery document said.
    pub endpoints: Option<Endpoints>,
    /// What is asked for, with blanks between.
    pub scopes: String,
    /// Where people may be sent back to.
    pub redirect_uris: Texts,
    /// The domains of the addresses that may come; empty for all.
    pub allowed_domains: Texts,
    /// As what people are added whom nobody knows yet; `None`: they are not.
    pub creates: Option<Kind>,
    /// The role they get.
    pub role_id: Option<RoleId>,
    /// Roles by the provider's own words.
    pub mapped_roles: MappedRoles,
    /// Whether it is trusted to have asked for the second factor that a role requires.
    pub trusts_mfa: bool,
    /// What its webhooks are signed with, encrypted.
    pub webhook_secret: Option<Vec<u8>>,
    /// The secret before that, encrypted.
    pub previous_webhook_secret: Option<Vec<u8>>,
    /// Until when the secret before is good.
    pub previous_webhook_until: Option<DateTime<Utc>>,
    /// Whether it is used.
    pub is_active: bool,
    /// What whoever set it up last may; `None` for everything. It serves nobody who may more.
    pub ceiling: Option<Texts>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Leaves the secrets out, although they are encrypted.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityProvider").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}
