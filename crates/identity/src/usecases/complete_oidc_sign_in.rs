//! Somebody comes back from a provider.

use std::time::Duration;

use kernel::{
    Cx, Db, Result, Tx,
    db::Emit,
    id::{IdentityProviderId, UserId},
    limit::Limit,
};
use serde::{Deserialize, Serialize};

use super::{
    begin_oidc_sign_in::verifier_context,
    external_person::{attach, unknown},
    save_identity_provider::client_secret,
    sign_in::open,
};
use crate::{
    adapters::{
        access_token::AccessTokens,
        oidc::{Oidc, Redeem},
    },
    domain::{
        external_events::SignInRefused,
        id_token::{Described, Refusal},
        session::{SessionPolicy, SessionTokens},
    },
    ports::{Account, ExternalIdentities, People, Roles, Sessions, Who},
    queries::identity_providers::{provider, take},
    store::identity_provider::Model as Provider,
};

/// Sign-ins that are begun or completed from one address.
pub(super) const BY_ADDRESS: Limit =
    Limit { name: "external sign-in by address", attempts: 200, window: Duration::from_secs(15 * 60) };

/// Somebody came back.
#[derive(Clone)]
pub struct CompleteOidcSignIn {
    /// What their browser kept.
    pub flow_token: String,
    /// What the provider sent back with them.
    pub state: String,
    /// What they can be known by.
    pub code: String,
    /// Whether attempts are limited.
    pub limited: bool,
}

/// What came of it. Both are committed and, under an idempotency key, both are the answer again.
#[derive(Serialize, Deserialize)]
enum Completed {
    Opened(SessionTokens),
    Refused(Refusal),
}

/// Why not, and at which provider where it is known.
type Turned = (Option<IdentityProviderId>, Refusal);

/// Completes a sign-in. Public. The state is used up, whatever comes of it.
///
/// # Errors
/// [`kernel::Error::Invalid`] as [`Refusal::error`] puts it; [`kernel::Error::RateLimited`].
pub async fn complete_oidc_sign_in(
    db: &Db,
    oidc: &Oidc,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    cmd: CompleteOidcSignIn,
) -> Result<SessionTokens> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    let came = ask(db, oidc, cx, &cmd).await?;
    let came = &came;
    let completed = db
        .transact(cx, "session.open", |tx| async move {
            let refused = |provider, user, reason| {
                tx.emit(cx, &SignInRefused { provider, user, reason });
                Ok(Completed::Refused(reason))
            };
            let (provider, who) = match came {
                Ok(came) => came,
                Err((provider, reason)) => return refused(*provider, None, *reason),
            };
            match admit(&tx, cx, provider, who).await? {
                Ok(account) => Ok(Completed::Opened(enter(&tx, tokens, policy, cx, provider, &account).await?)),
                Err((user, reason)) => refused(Some(provider.id), user, reason),
            }
        })
        .await?;
    match completed {
        Completed::Opened(session) => Ok(session),
        Completed::Refused(reason) => Err(reason.error()),
    }
}

/// Asks the provider who has come. Nothing is open here while it thinks.
async fn ask(db: &Db, oidc: &Oidc, cx: &Cx, cmd: &CompleteOidcSignIn) -> Result<Result<(Provider, Described), Turned>> {
    let nobody = |reason| Ok(Err((None, reason)));
    if cmd.state.len() > 256 || cmd.flow_token.len() > 256 || cmd.code.len() > 4096 {
        return nobody(Refusal::UnknownState);
    }
    let Some(begun) = take(&db.bookkeeping(cx).await?, cx, &cmd.state, &cmd.flow_token).await? else {
        return nobody(Refusal::UnknownState);
    };
    let Some(found) = provider(&db.reader(cx).await?, begun.provider_id).await?.filter(|found| found.is_active) else {
        return nobody(Refusal::ProviderInactive);
    };
    let turned = |reason| (Some(found.id), reason);
    let (Some(issuer), Some(client), Some(endpoints)) = (&found.issuer, &found.client_id, &found.endpoints) else {
        return Ok(Err(turned(Refusal::ProviderInactive)));
    };
    let verifier = db.keyring().decrypt(&verifier_context(&begun.state_hash), &begun.verifier)?;
    let secret = client_secret(db.keyring(), &found)?;
    let redeem = Redeem {
        client_id: client,
        secret: secret.as_deref(),
        code: &cmd.code,
        redirect_uri: &begun.redirect_uri,
        verifier: &String::from_utf8_lossy(&verifier),
    };
    let described = async {
        let token = oidc.redeem(endpoints, redeem).await?;
        oidc.claims(endpoints, &token, cx.now).await?.check(issuer, client, &begun.nonce_hash, cx.now)
    };
    Ok(described.await.map_err(turned).map(|who| (found.clone(), who)))
}

/// The account of whoever came, where they may come in. Issuer and subject decide; the address only the first time.
async fn admit(
    tx: &Tx,
    cx: &Cx,
    provider: &Provider,
    who: &Described,
) -> Result<Result<Account, (Option<UserId>, Refusal)>> {
    let mut identity = tx.identity(&unknown(cx, provider, &who.subject)).await?;
    if identity.removed_at.is_some() {
        return Ok(Err((identity.user_id, Refusal::Removed)));
    }
    let person = match identity.user_id {
        Some(id) => tx.find_person(Who::Id(id)).await?.ok_or(Refusal::NotKnown),
        None => {
            let attached = attach(tx, cx, provider, &mut identity, who).await?;
            tx.save_identity(&identity).await?;
            attached
        }
    };
    let person = match person {
        Ok(person) => person,
        Err(reason) => return Ok(Err((None, reason))),
    };
    let role = tx.role(person.role_id).await?;
    let asked = role.is_some_and(|role| role.requires_totp) && !provider.trusts_mfa;
    // Read again: linking may have raised the token version and ended a second factor.
    let account = tx.account_by_id(person.id).await?.filter(|account| account.is_active);
    let Some(account) = account else { return Ok(Err((Some(person.id), Refusal::Deactivated))) };
    if asked && person.totp_confirmed_at.is_some() && person.email_verified_at.is_some() {
        return Ok(Err((Some(person.id), Refusal::SecondFactor)));
    }
    identity.email = who.email.clone().or(identity.email);
    identity.last_sign_in_at = Some(cx.now);
    tx.save_identity(&identity).await?;
    Ok(Ok(account))
}

async fn enter<S: ExternalIdentities + People + Sessions + Emit>(
    s: &S,
    tokens: &AccessTokens,
    policy: SessionPolicy,
    cx: &Cx,
    provider: &Provider,
    account: &Account,
) -> Result<SessionTokens> {
    let session = open(s, tokens, policy, cx, account).await?;
    if provider.trusts_mfa {
        s.trust_factor(session.session).await?;
    }
    Ok(session)
}
