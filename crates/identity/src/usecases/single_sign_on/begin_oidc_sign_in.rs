//! Somebody is sent to a provider to sign in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::{sha256, token, token_hash},
    db::Emit,
    id::IdentityProviderId,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use url::Url;

use super::complete_oidc_sign_in::BY_ADDRESS;
use crate::{
    domain::single_sign_on::events::SignInBegun,
    queries::single_sign_on::provider,
    store::single_sign_on::{identity_provider::Model as Provider, oidc_sign_in},
};

/// How long somebody who was sent away is waited for.
const TTL: TimeDelta = TimeDelta::minutes(10);

/// Somebody wants to sign in elsewhere.
#[derive(Debug, Clone)]
pub struct BeginOidcSignIn {
    /// Where.
    pub provider: IdentityProviderId,
    /// Where they come back to; the provider's first redirect URI where it is left out.
    pub redirect_uri: Option<String>,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// Where somebody is to be sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Begun {
    /// There.
    pub authorization_url: String,
    /// What their browser must keep and show when they come back.
    pub flow_token: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What the verifier of a sign-in is encrypted for.
pub(crate) fn verifier_context(state_hash: &[u8]) -> Vec<u8> {
    [b"oidc_sign_ins ", state_hash].concat()
}

/// Begins a sign-in at a provider. Public.
///
/// State, nonce and PKCE verifier are new; the state is good once and for ten minutes, and only together with the flow
/// token: who lures somebody else's browser to come back with a code of theirs lacks it.
///
/// # Errors
/// [`Error::Invalid`] at `providerId` or `redirectUri`; [`Error::RateLimited`].
pub async fn begin_oidc_sign_in(db: &Db, cx: &Cx, cmd: BeginOidcSignIn) -> Result<Begun> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    let unknown = || Error::invalid("providerId", ProblemCode::NotAvailable, "there is no such way to sign in");
    let found = provider(&db.reader(cx).await?, cmd.provider).await?.filter(|provider| provider.is_active);
    let found = found.ok_or_else(unknown)?;
    let allowed = &found.redirect_uris.0;
    let redirect = match &cmd.redirect_uri {
        None => allowed.first(),
        Some(wanted) => allowed.iter().find(|uri| *uri == wanted),
    };
    let redirect = redirect.ok_or_else(|| {
        Error::invalid("redirectUri", ProblemCode::NotAllowed, "must be one of the provider's redirect URIs")
    })?;
    let (begun, row) = begin(db, cx, &found, redirect)?.ok_or_else(unknown)?;
    let (begun, row) = (&begun, &row);
    db.transact(cx, "external_sign_in.begin", |tx| async move {
        oidc_sign_in::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.conn()).await?;
        tx.emit(cx, &SignInBegun { provider: row.provider_id });
        Ok(begun.clone())
    })
    .await
}

fn begin(db: &Db, cx: &Cx, provider: &Provider, redirect: &str) -> Result<Option<(Begun, oidc_sign_in::Model)>> {
    let (Some(endpoints), Some(client)) = (&provider.endpoints, &provider.client_id) else { return Ok(None) };
    let Ok(mut url) = Url::parse(&endpoints.authorization) else { return Ok(None) };
    let (state, flow_token) = (token(cx.source(), "fds"), token(cx.source(), "fdf"));
    let nonce = URL_SAFE_NO_PAD.encode(cx.random::<32>());
    let verifier = URL_SAFE_NO_PAD.encode(cx.random::<32>());
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", redirect)
        .append_pair("scope", &provider.scopes)
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())))
        .append_pair("code_challenge_method", "S256");
    let state_hash = token_hash(&state);
    let verifier = db.keyring().encrypt(cx.source(), &verifier_context(&state_hash), verifier.as_bytes())?;
    let expires_at = cx.now + TTL;
    let row = oidc_sign_in::Model {
        state_hash,
        provider_id: provider.id,
        flow_hash: token_hash(&flow_token),
        nonce_hash: token_hash(&nonce),
        verifier,
        redirect_uri: redirect.to_owned(),
        expires_at,
        answer: None,
    };
    Ok(Some((Begun { authorization_url: url.into(), flow_token, expires_at }, row)))
}
