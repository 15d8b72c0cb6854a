//! The tokens of accounts: sealed, opened, and given up.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Error, Result, Tx,
    crypto::Keyring,
    db::Emit,
    id::SocialAccountId,
    jobs::{Enqueue, Work},
    record,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType};
use serde::{Deserialize, Serialize};

use crate::{
    domain::social::{
        events::SocialAccountRefused,
        grant::{Granted, Tokens},
    },
    store::social::{
        account::{Column, Entity as SocialAccounts, Model as SocialAccount, SocialAccountStatus},
        platform::Platform,
    },
};

/// How long before its end a token is renewed at the most.
const LEAD: TimeDelta = TimeDelta::days(7);

/// The job: see to the token of an account before it ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RenewSocialAccount {
    /// The account.
    pub account: SocialAccountId,
    /// When the token ends that is meant.
    pub ends_at: DateTime<Utc>,
    /// Whether people were told that it will.
    #[serde(default)]
    pub told: bool,
}

impl Work for RenewSocialAccount {
    const KIND: &'static str = "inbox.renew_social_account";
}

/// What the token is sealed for that we act with.
pub(crate) fn access_context(id: SocialAccountId) -> Vec<u8> {
    format!("social_accounts access {id}").into_bytes()
}

/// And the one that renews it.
pub(crate) fn refresh_context(id: SocialAccountId) -> Vec<u8> {
    format!("social_accounts refresh {id}").into_bytes()
}

/// Puts tokens into an account.
pub(crate) fn seal(keyring: &Keyring, cx: &Cx, account: &mut SocialAccount, tokens: &Tokens) -> Result<()> {
    let seal = |context: Vec<u8>, text: &str| keyring.encrypt(cx.source(), &context, text.as_bytes());
    account.access_token_encrypted = Some(seal(access_context(account.id), &tokens.access)?);
    let refresh = tokens.refresh.as_deref().map(|text| seal(refresh_context(account.id), text)).transpose()?;
    account.refresh_token_encrypted = refresh;
    // The databases keep microseconds.
    let ends_at = tokens.expires_at.and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()));
    account.token_expires_at = ends_at;
    account.refreshing_until = None;
    account.status = SocialAccountStatus::Connected;
    account.last_error = None;
    account.active = true;
    Ok(())
}

fn open(keyring: &Keyring, context: &[u8], sealed: Option<&Vec<u8>>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    String::from_utf8(keyring.decrypt(context, sealed)?).map(Some).map_err(Error::internal)
}

/// What we act with. A secret.
pub(crate) fn access(keyring: &Keyring, account: &SocialAccount) -> Result<Option<String>> {
    open(keyring, &access_context(account.id), account.access_token_encrypted.as_ref())
}

/// What that is renewed with. A secret.
pub(crate) fn refresh(keyring: &Keyring, account: &SocialAccount) -> Result<Option<String>> {
    open(keyring, &refresh_context(account.id), account.refresh_token_encrypted.as_ref())
}

/// Sees to it that somebody looks after the token before it ends: in the last quarter of its time.
pub(crate) async fn watch(tx: &Tx, cx: &Cx, account: &SocialAccount) -> Result<()> {
    let Some(ends_at) = account.token_expires_at else { return Ok(()) };
    let lead = ((ends_at - cx.now) / 4).clamp(TimeDelta::zero(), LEAD);
    let work = RenewSocialAccount { account: account.id, ends_at, told: false };
    tx.enqueue_at(cx, &work, ends_at - lead).await.map(drop)
}

/// An account, whoever asks, which nobody else changes until the transaction ends.
pub(crate) async fn lock(tx: &Tx, id: SocialAccountId) -> Result<Option<SocialAccount>> {
    Ok(SocialAccounts::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?)
}

/// Connects an account, or the one that was connected before, with all its history.
pub(crate) async fn connect(
    tx: &Tx,
    keyring: &Keyring,
    cx: &Cx,
    platform: Platform,
    granted: &Granted,
) -> Result<SocialAccount> {
    let known = SocialAccounts::find()
        .filter(Column::Platform.eq(platform))
        .filter(Column::AccountId.eq(&granted.account_id))
        .lock(LockType::NoKeyUpdate);
    let known = known.one(tx.conn()).await?;
    let mut account = known.clone().unwrap_or_else(|| SocialAccount {
        id: cx.new_id(),
        platform,
        account_id: granted.account_id.clone(),
        account_name: None,
        access_token_encrypted: None,
        refresh_token_encrypted: None,
        token_expires_at: None,
        refreshing_until: None,
        paused_until: None,
        status: SocialAccountStatus::Connected,
        last_error: None,
        metadata: serde_json::json!({}),
        connected_by_id: None,
        connected_at: cx.now,
        active: true,
        version: 1,
        updated_at: cx.now,
    });
    seal(keyring, cx, &mut account, &granted.tokens)?;
    account.account_name = granted.account_name.as_ref().map(|name| name.chars().take(255).collect());
    account.metadata = granted.metadata.clone();
    account.connected_by_id = Some(cx.user()?.id);
    account.connected_at = cx.now;
    let account = match known {
        Some(before) => record::save::<SocialAccounts, _>(tx, cx, before, account).await?,
        None => record::add::<SocialAccounts, _>(tx, cx, account).await?,
    };
    watch(tx, cx, &account).await?;
    Ok(account)
}

/// Notes that the platform takes an account no more, and tells whom it concerns, once.
pub(crate) async fn refuse(
    tx: &Tx,
    cx: &Cx,
    id: SocialAccountId,
    status: SocialAccountStatus,
    why: &str,
) -> Result<Option<SocialAccount>> {
    let Some(before) = lock(tx, id).await? else { return Ok(None) };
    if before.status != SocialAccountStatus::Connected {
        return Ok(Some(before));
    }
    let mut after = before.clone();
    after.status = status;
    after.refreshing_until = None;
    after.last_error = Some(why.chars().take(500).collect());
    let after = record::save::<SocialAccounts, _>(tx, cx, before, after).await?;
    tx.emit(cx, &SocialAccountRefused { account: id, status, soon: false });
    Ok(Some(after))
}
