//! Somebody is sent to a platform to let us in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    crypto::{Keyring, sha256, token, token_hash},
    db::Emit,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use crate::{
    domain::social::{events::SocialAccountAsked, platform::PlatformConfig},
    policy::MANAGE_SOCIAL_ACCOUNTS,
    ports::social::{Consent, SocialNetworks},
    queries::social::accounts::{platform_of, purge_connecting},
    store::social::{connecting, platform::Platform},
};

/// How long somebody who was sent away is waited for.
pub(super) const TTL: TimeDelta = TimeDelta::minutes(15);

/// An account is to be connected.
#[derive(Debug, Clone)]
pub struct ConnectSocialAccount {
    /// Where.
    pub platform: Platform,
    /// Where they come back to; the first of those that are allowed where it is left out.
    pub redirect_uri: Option<String>,
}

/// Where somebody is to be sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sent {
    /// There.
    pub authorization_url: String,
    /// Until when they may come back.
    pub expires_at: DateTime<Utc>,
}

/// What a verifier is sealed for.
pub(super) fn verifier_context(state_hash: &[u8]) -> Vec<u8> {
    [b"social_connecting verifier ", state_hash].concat()
}

/// Sends somebody to a platform to let us in. The state is good once, for a quarter of an hour, and for nobody but them.
///
/// # Errors
/// [`Error::Invalid`] at `platform` where we have no app there, and at `redirectUri` for a page that is not allowed.
pub async fn connect_social_account(
    db: &Db,
    networks: &dyn SocialNetworks,
    redirects: &[String],
    cx: &Cx,
    cmd: &ConnectSocialAccount,
) -> Result<Sent> {
    let keyring = db.keyring();
    db.transact(
        cx,
        "social_account.connect",
        |tx| async move { begin(&tx, keyring, networks, redirects, cx, cmd).await },
    )
    .await
}

async fn begin(
    tx: &Tx,
    keyring: &Keyring,
    networks: &dyn SocialNetworks,
    redirects: &[String],
    cx: &Cx,
    cmd: &ConnectSocialAccount,
) -> Result<Sent> {
    cx.require(MANAGE_SOCIAL_ACCOUNTS)?;
    let user = cx.user()?.id;
    let redirect = match &cmd.redirect_uri {
        None => redirects.first(),
        Some(wanted) => redirects.iter().find(|uri| *uri == wanted),
    };
    let redirect = redirect.ok_or_else(|| {
        Error::invalid("redirectUri", ProblemCode::NotAllowed, "must be one of the pages that people may come back to")
    })?;
    let settings = platform_of(tx.conn(), cmd.platform).await?;
    let config = PlatformConfig::of(&settings);
    let state = token(cx.source(), "fss");
    let verifier = (cmd.platform == Platform::X).then(|| URL_SAFE_NO_PAD.encode(cx.random::<32>()));
    let challenge = verifier.as_ref().map(|verifier| URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())));
    let consent = Consent {
        platform: cmd.platform,
        version: config.version(cmd.platform),
        state: &state,
        redirect_uri: redirect,
        challenge: challenge.as_deref(),
    };
    let no_app = || Error::invalid("platform", ProblemCode::NotAvailable, "Frontdesk has no app on this platform");
    let authorization_url = networks.consent_url(&consent).ok_or_else(no_app)?;
    let state_hash = token_hash(&state);
    let context = verifier_context(&state_hash);
    let seal = |verifier: String| keyring.encrypt(cx.source(), &context, verifier.as_bytes());
    let row = connecting::Model {
        state_hash,
        platform: cmd.platform,
        user_id: user,
        redirect_uri: redirect.clone(),
        verifier_encrypted: verifier.map(seal).transpose()?,
        granted_encrypted: None,
        created_at: cx.now,
        expires_at: cx.now + TTL,
    };
    let sent = Sent { authorization_url, expires_at: row.expires_at };
    purge_connecting(tx.conn(), cx.now).await?;
    connecting::Entity::insert(row.into_active_model()).exec_without_returning(tx.conn()).await?;
    tx.emit(cx, &SocialAccountAsked { tenant: cx.tenant.id, platform: cmd.platform, found: None });
    Ok(sent)
}
