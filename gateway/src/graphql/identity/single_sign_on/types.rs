//! Identity providers and the accounts that people have there, and what is asked and answered about them.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{KnownAs, identity_providers};
use kernel::id::{IdentityProviderId, RoleId, UserId};

use crate::graphql::identity::{
    access::permission::Permission,
    people::types::{IntoId, Role},
    sessions::mutations::SessionTokens,
};
use crate::graphql::{
    errors::{Result, UserError, payload},
    loaders::KnownAsOf,
    scalars::EmailAddress,
    scope::scope,
};

/// A kind of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::UserKind")]
pub enum PersonKind {
    /// A colleague.
    Staff,
    /// Somebody who buys here.
    Client,
}

/// A way to sign in elsewhere, for the page where people sign in.
#[derive(SimpleObject)]
pub struct SignInWay {
    /// The identity provider's id, `idp_…`, for `beginOidcSignIn`.
    pub id: ID,
    /// Its name.
    pub name: String,
}

/// A word of an identity provider's and the role that it stands for.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct MappedRole {
    /// The word, as the provider says it.
    pub value: String,
    #[graphql(skip)]
    key: RoleId,
}

#[ComplexObject]
impl MappedRole {
    /// The role; null where it is gone.
    async fn role(&self, ctx: &Context<'_>) -> Result<Option<Role>> {
        Ok(scope(ctx).loaders.load_one(self.key).await?.map(|role| role.as_ref().into()))
    }
}

/// Where else people sign in, and who tells of changes to people there. Its secrets are never shown.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct IdentityProvider {
    /// Its id, `idp_…`.
    pub id: ID,
    /// Its name on the page where people sign in.
    pub name: String,
    /// Its issuer in OpenID Connect; null where it only tells of its people by webhook.
    pub issuer: Option<String>,
    /// Who we are there.
    pub client_id: Option<String>,
    /// Whether we have a secret there; a public client has none.
    pub has_client_secret: bool,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The domains of the addresses that may come; empty for all.
    pub allowed_domains: Vec<String>,
    /// As what people are added whom nobody knows yet; null where they are not.
    pub creates: Option<PersonKind>,
    /// Roles by the provider's own words (`public_metadata.role`), for colleagues.
    pub mapped_roles: Vec<MappedRole>,
    /// Whether it is trusted to have asked for the second factor that a role requires.
    pub trusts_mfa: bool,
    /// Whether its webhooks are heard.
    pub has_webhook_secret: bool,
    /// Until when the webhook secret before the present one is good.
    pub previous_webhook_secret_until: Option<DateTime<Utc>>,
    /// The path at this server that its webhooks go to.
    pub webhook_path: String,
    /// Whether it is used.
    pub is_active: bool,
    /// What whoever last changed more than its name may; null where that is everything. It serves nobody who may more: they
    /// are not let in by it, and nothing becomes of what it tells of them.
    pub ceiling: Option<Vec<Permission>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    creates_with: Option<RoleId>,
}

impl IdentityProvider {
    pub(crate) fn of(provider: identity::IdentityProvider, slug: &str) -> Self {
        let mapped = provider.mapped_roles.0.into_iter();
        Self {
            webhook_path: format!("/webhooks/svix/{slug}/{}", provider.id),
            id: provider.id.into_id(),
            name: provider.name,
            issuer: provider.issuer,
            client_id: provider.client_id,
            has_client_secret: provider.client_secret.is_some(),
            scopes: provider.scopes.split(' ').map(str::to_owned).collect(),
            redirect_uris: provider.redirect_uris.0,
            allowed_domains: provider.allowed_domains.0,
            creates: provider.creates.map(Into::into),
            mapped_roles: mapped.map(|mapped| MappedRole { value: mapped.value, key: mapped.role }).collect(),
            trusts_mfa: provider.trusts_mfa,
            has_webhook_secret: provider.webhook_secret.is_some(),
            previous_webhook_secret_until: provider.previous_webhook_until,
            is_active: provider.is_active,
            ceiling: provider.ceiling.map(|ceiling| Permission::known(&ceiling.0)),
            created_at: provider.created_at,
            updated_at: provider.updated_at,
            creates_with: provider.role_id,
        }
    }
}

#[ComplexObject]
impl IdentityProvider {
    /// The role of people who are added.
    async fn creates_with(&self, ctx: &Context<'_>) -> Result<Option<Role>> {
        let Some(id) = self.creates_with else { return Ok(None) };
        Ok(scope(ctx).loaders.load_one(id).await?.map(|role| role.as_ref().into()))
    }
}

/// An account of a person at an identity provider.
#[derive(Clone, SimpleObject)]
pub struct ExternalIdentity {
    /// Its id, `xid_…`.
    pub id: ID,
    /// The provider's name.
    pub provider: String,
    /// Their address there, where the provider says that it is verified.
    pub email: Option<EmailAddress>,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When they last signed in by it.
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

impl From<&KnownAs> for ExternalIdentity {
    fn from(known: &KnownAs) -> Self {
        Self {
            id: known.id.into_id(),
            provider: known.provider.clone(),
            email: known.email.clone().map(EmailAddress),
            created_at: known.created_at,
            last_sign_in_at: known.last_sign_in_at,
        }
    }
}

/// The accounts of a person, where the viewer may see them.
pub(crate) async fn external_identities(ctx: &Context<'_>, of: UserId) -> Result<Option<Vec<ExternalIdentity>>> {
    let cx = scope(ctx).cx();
    if !cx.can(identity::MANAGE_SIGN_IN) && cx.person().is_ok_and(|person| person.id != of) {
        return Ok(None);
    }
    let known = scope(ctx).loaders.load_one(KnownAsOf(of)).await?;
    Ok(known.map(|known| known.iter().map(Into::into).collect()))
}

/// A word of an identity provider's and the role that it is to stand for.
#[derive(Clone, InputObject)]
pub struct MappedRoleInput {
    /// The word, as the provider says it, 1–100 characters.
    pub value: String,
    /// The role's id, `rol_…`. Nobody maps to a role that holds more than they do.
    pub id: ID,
}

/// An identity provider is to be added: one of OpenID Connect, one that tells of its people by webhook, or both.
#[derive(Clone, InputObject)]
pub struct CreateIdentityProviderInput {
    /// Its name on the page where people sign in, 1–100 characters; unique.
    pub name: String,
    /// Its issuer, exactly as its discovery document says it. It cannot be changed later.
    pub issuer: Option<String>,
    /// Who we are there; required with an issuer.
    pub client_id: Option<String>,
    /// Our secret there; left out for a public client.
    #[graphql(secret)]
    pub client_secret: Option<String>,
    /// What is asked for; `openid email profile` where it is left out.
    pub scopes: Option<Vec<String>>,
    /// Where people may be sent back to, https; the first is used unless another is asked for. Required with an issuer.
    pub redirect_uris: Option<Vec<String>>,
    /// The domains of the addresses that may come; none for all.
    pub allowed_domains: Option<Vec<String>>,
    /// As what people are added whom nobody knows yet; left out: they are not.
    pub creates: Option<PersonKind>,
    /// The role of people who are added, `rol_…`.
    pub creates_with: Option<ID>,
    /// Roles by the provider's own words.
    pub mapped_roles: Option<Vec<MappedRoleInput>>,
    /// Whether it is trusted to have asked for the second factor that a role requires.
    #[graphql(default)]
    pub trusts_mfa: bool,
    /// What its webhooks are signed with, `whsec_…`.
    #[graphql(secret)]
    pub webhook_secret: Option<String>,
}

/// An identity provider is to be changed. What is left out stays as it is.
#[derive(Clone, InputObject)]
pub struct UpdateIdentityProviderInput {
    /// Its id, `idp_…`.
    pub identity_provider_id: ID,
    /// Its name.
    pub name: Option<String>,
    /// Who we are there.
    pub client_id: Option<String>,
    /// Our secret there; null for a public client.
    #[graphql(secret)]
    pub client_secret: MaybeUndefined<String>,
    /// What is asked for.
    pub scopes: Option<Vec<String>>,
    /// Where people may be sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// The domains of the addresses that may come; none for all.
    pub allowed_domains: Option<Vec<String>>,
    /// As what people are added whom nobody knows yet; null: they are not.
    pub creates: MaybeUndefined<PersonKind>,
    /// The role of people who are added, `rol_…`.
    pub creates_with: MaybeUndefined<ID>,
    /// Roles by the provider's own words.
    pub mapped_roles: Option<Vec<MappedRoleInput>>,
    /// Whether it is trusted to have asked for the second factor that a role requires.
    pub trusts_mfa: Option<bool>,
    /// What its webhooks are signed with; the one before is good for 24 hours more. Null: they are not heard any more.
    #[graphql(secret)]
    pub webhook_secret: MaybeUndefined<String>,
    /// Whether it is used.
    pub is_active: Option<bool>,
    /// Whether its discovery document is read again.
    #[graphql(default)]
    pub rediscover: bool,
}

/// An identity provider is to be taken out of use.
#[derive(Clone, InputObject)]
pub struct DeactivateIdentityProviderInput {
    /// Its id, `idp_…`.
    pub identity_provider_id: ID,
}

macro_rules! provider_payload {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The provider as it is now.
            pub identity_provider: Option<IdentityProvider>,
            /// What the person can correct.
            pub errors: Vec<UserError>,
        }

        impl $name {
            pub(crate) async fn of(ctx: &Context<'_>, answer: kernel::Result<IdentityProviderId>) -> Result<Self> {
                let (saved, errors) = payload(answer)?;
                let identity_provider = match saved {
                    Some(saved) => {
                        let cx = scope(ctx).cx();
                        let all = identity_providers(&scope(ctx).app.db.reader(&cx).await?, &cx).await?;
                        let found = all.into_iter().find(|provider| provider.id == saved);
                        found.map(|provider| IdentityProvider::of(provider, &cx.tenant.slug))
                    }
                    None => None,
                };
                Ok(Self { identity_provider, errors })
            }
        }
    )*};
}

provider_payload! {
    /// What came of adding.
    CreateIdentityProviderPayload;
    /// What came of changing.
    UpdateIdentityProviderPayload;
    /// What came of taking out of use.
    DeactivateIdentityProviderPayload;
}

/// Somebody wants to sign in elsewhere.
#[derive(Clone, InputObject)]
pub struct BeginOidcSignInInput {
    /// Where: an id of `signInWays`.
    pub provider_id: ID,
    /// Where they come back to: one of the provider's redirect URIs, the first where it is left out.
    pub redirect_uri: Option<String>,
}

/// What came of beginning.
#[derive(SimpleObject)]
pub struct BeginOidcSignInPayload {
    /// Where to send the person.
    pub authorization_url: Option<String>,
    /// What their browser keeps (in its session storage) and shows when they come back. A secret of that browser.
    pub flow_token: Option<String>,
    /// Until when they must be back: ten minutes.
    pub expires_at: Option<DateTime<Utc>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody came back from an identity provider.
#[derive(Clone, InputObject)]
pub struct CompleteOidcSignInInput {
    /// What their browser kept.
    #[graphql(secret)]
    pub flow_token: String,
    /// `state` of the address they came back to.
    #[graphql(secret)]
    pub state: String,
    /// `code` of the address they came back to.
    #[graphql(secret)]
    pub code: String,
    /// The code of the second factor: six digits of the app, or a recovery code. Asked for (`TOTP_REQUIRED`) of who has one,
    /// unless the provider is trusted to have asked for it; then send the same again with it, within five minutes.
    #[graphql(secret)]
    pub totp_code: Option<String>,
}

/// What came of signing in elsewhere.
#[derive(SimpleObject)]
pub struct CompleteOidcSignInPayload {
    /// The new session.
    pub session: Option<SessionTokens>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody gives up an account elsewhere as a way to sign in.
#[derive(Clone, InputObject)]
pub struct UnlinkExternalIdentityInput {
    /// The account, `xid_…`: one of their own.
    pub external_identity_id: ID,
}

/// What came of unlinking.
#[derive(SimpleObject)]
pub struct UnlinkExternalIdentityPayload {
    /// The account that is no longer theirs.
    pub external_identity_id: Option<ID>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}
