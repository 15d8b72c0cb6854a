//! Signing in elsewhere, and keeping where.

use async_graphql::{Context, MaybeUndefined, Object};
use identity::{
    BeginOidcSignIn, CompleteOidcSignIn, ProviderSettings, begin_oidc_sign_in, complete_oidc_sign_in,
    create_identity_provider, deactivate_identity_provider, identity_providers, sign_in_ways, unlink_external_identity,
    update_identity_provider,
};
use kernel::Error;

use super::types::{
    BeginOidcSignInInput, BeginOidcSignInPayload, CompleteOidcSignInInput, CompleteOidcSignInPayload,
    CreateIdentityProviderInput, CreateIdentityProviderPayload, DeactivateIdentityProviderInput,
    DeactivateIdentityProviderPayload, IdentityProvider, MappedRoleInput, SignInWay, UnlinkExternalIdentityInput,
    UnlinkExternalIdentityPayload, UpdateIdentityProviderInput, UpdateIdentityProviderPayload,
};
use crate::graphql::identity::{access::permission::Permission, people::types::IntoId, sessions::mutations::session};
use crate::graphql::{
    directives::requires,
    errors::{Result, payload},
    scalars::id,
    scope::scope,
};

fn mapped(given: Option<Vec<MappedRoleInput>>) -> kernel::Result<Option<Vec<identity::MappedRole>>> {
    let role = |(n, given): (usize, MappedRoleInput)| {
        let role = id(&format!("input.mappedRoles.{n}.id"), &given.id)?;
        Ok(identity::MappedRole { value: given.value, role })
    };
    given.map(|given| given.into_iter().enumerate().map(role).collect()).transpose()
}

fn maybe<T>(given: MaybeUndefined<T>) -> Option<Option<T>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Reading identity providers.
#[derive(Default)]
pub struct SsoQuery;

#[Object]
impl SsoQuery {
    /// Public: where else people can sign in here, by name.
    async fn sign_in_ways(&self, ctx: &Context<'_>) -> Result<Vec<SignInWay>> {
        let ways = sign_in_ways(&scope(ctx).app.db.reader(&scope(ctx).cx()).await?).await?;
        Ok(ways.into_iter().map(|(id, name)| SignInWay { id: id.into_id(), name }).collect())
    }

    /// All identity providers, by name; at most 50.
    #[graphql(directive = requires::apply(Permission::ManageSignIn))]
    async fn identity_providers(&self, ctx: &Context<'_>) -> Result<Vec<IdentityProvider>> {
        let cx = scope(ctx).cx();
        let all = identity_providers(&scope(ctx).app.db.reader(&cx).await?, &cx).await?;
        Ok(all.into_iter().map(|provider| IdentityProvider::of(provider, &cx.tenant.slug)).collect())
    }
}

/// Signing in elsewhere, and keeping where.
#[derive(Default)]
pub struct SsoMutation;

#[Object]
impl SsoMutation {
    /// Adds an identity provider. With an issuer its discovery document is read and checked.
    #[graphql(directive = requires::apply(Permission::ManageSignIn))]
    async fn create_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateIdentityProviderInput,
    ) -> Result<CreateIdentityProviderPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let role = input.creates_with.as_ref().map(|role| id("input.createsWith", role)).transpose()?;
        let settings = ProviderSettings {
            name: Some(input.name),
            client_id: Some(input.client_id),
            client_secret: Some(input.client_secret),
            scopes: input.scopes,
            redirect_uris: input.redirect_uris,
            allowed_domains: input.allowed_domains,
            creates: Some(input.creates.map(Into::into)),
            role: Some(role),
            mapped_roles: mapped(input.mapped_roles)?,
            trusts_mfa: Some(input.trusts_mfa),
            webhook_secret: Some(input.webhook_secret),
            is_active: None,
        };
        let made = create_identity_provider(&app.db, &app.oidc, &app.catalog, &cx, input.issuer, settings).await;
        CreateIdentityProviderPayload::of(ctx, made).await
    }

    /// Changes an identity provider.
    #[graphql(directive = requires::apply(Permission::ManageSignIn))]
    async fn update_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateIdentityProviderInput,
    ) -> Result<UpdateIdentityProviderPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let provider = id("input.identityProviderId", &input.identity_provider_id)?;
        let role = maybe(input.creates_with);
        let settings = ProviderSettings {
            name: input.name,
            client_id: input.client_id.map(Some),
            client_secret: maybe(input.client_secret),
            scopes: input.scopes,
            redirect_uris: input.redirect_uris,
            allowed_domains: input.allowed_domains,
            creates: maybe(input.creates).map(|kind| kind.map(Into::into)),
            role: role.map(|role| role.map(|role| id("input.createsWith", &role)).transpose()).transpose()?,
            mapped_roles: mapped(input.mapped_roles)?,
            trusts_mfa: input.trusts_mfa,
            webhook_secret: maybe(input.webhook_secret),
            is_active: input.is_active,
        };
        let again = input.rediscover;
        let saved = update_identity_provider(&app.db, &app.oidc, &app.catalog, &cx, provider, settings, again).await;
        UpdateIdentityProviderPayload::of(ctx, saved).await
    }

    /// Takes an identity provider out of use: nobody signs in by it, and its webhooks are refused. Sessions go on.
    #[graphql(directive = requires::apply(Permission::ManageSignIn))]
    async fn deactivate_identity_provider(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DeactivateIdentityProviderInput,
    ) -> Result<DeactivateIdentityProviderPayload> {
        let cx = &scope(ctx).mutation(ctx);
        let provider = id("input.identityProviderId", &input.identity_provider_id)?;
        let saved = scope(ctx).app.db.transact(cx, "identity_provider.deactivate", |tx| async move {
            deactivate_identity_provider(&tx, cx, provider).await
        });
        DeactivateIdentityProviderPayload::of(ctx, saved.await).await
    }

    /// Public: begins a sign-in at an identity provider. Send the person to the address, keep the flow token in their
    /// browser, and call `completeOidcSignIn` with what they come back with. Limited per address.
    async fn begin_oidc_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: BeginOidcSignInInput,
    ) -> Result<BeginOidcSignInPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let cmd = BeginOidcSignIn {
            provider: id("input.providerId", &input.provider_id)?,
            redirect_uri: input.redirect_uri,
            limited: app.rate_limits,
        };
        let (begun, errors) = payload(begin_oidc_sign_in(&app.db, &cx, cmd).await)?;
        let (mut authorization_url, mut flow_token, mut expires_at) = (None, None, None);
        if let Some(begun) = begun {
            authorization_url = Some(begun.authorization_url);
            flow_token = Some(begun.flow_token);
            expires_at = Some(begun.expires_at);
        }
        Ok(BeginOidcSignInPayload { authorization_url, flow_token, expires_at, errors })
    }

    /// Public: completes a sign-in at an identity provider. State and code are good once, whatever comes of it, but where
    /// the code of the second factor is missing or wrong. Limited per address.
    async fn complete_oidc_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CompleteOidcSignInInput,
    ) -> Result<CompleteOidcSignInPayload> {
        let (cx, app) = (scope(ctx).mutation(ctx), &scope(ctx).app);
        let cmd = CompleteOidcSignIn {
            flow_token: input.flow_token,
            state: input.state,
            code: input.code,
            totp_code: input.totp_code,
            limited: app.rate_limits,
        };
        let policy = app.settings.session_policy(&cx, app.sessions).await?;
        let completed = complete_oidc_sign_in(&app.db, &app.oidc, &app.tokens, policy, &app.catalog, &cx, cmd);
        let (tokens, errors) = payload(completed.await)?;
        let session = match tokens {
            Some(tokens) => Some(session(scope(ctx), tokens).await?.ok_or(Error::Unauthenticated)?),
            None => None,
        };
        Ok(CompleteOidcSignInPayload { session, errors })
    }

    /// Gives up an account of one's own elsewhere as a way to sign in; the last way stays.
    async fn unlink_external_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UnlinkExternalIdentityInput,
    ) -> Result<UnlinkExternalIdentityPayload> {
        let cx = &scope(ctx).mutation(ctx);
        let own = id("input.externalIdentityId", &input.external_identity_id)?;
        let unlinked = scope(ctx)
            .app
            .db
            .transact(cx, "external_identity.unlink", |tx| async move { unlink_external_identity(&tx, cx, own).await });
        let (unlinked, errors) = payload(unlinked.await)?;
        Ok(UnlinkExternalIdentityPayload { external_identity_id: unlinked.map(IntoId::into_id), errors })
    }
}
