//! API keys are made and revoked, by people in a session: a key makes no keys.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result,
    crypto::token_hash,
    db::Emit,
    id::ApiKeyId,
    record::Records,
    text::{Check, same_name},
};

use super::access::may_touch_whose;
use crate::{
    adapters::api_key::new_key,
    domain::api_keys::{ApiKey, ApiKeyCreated, ApiKeyRevoked, MAX_KEYS, NewApiKey},
    policy::{USE_API_KEYS, holds_all},
    ports::{ExternalIdentities, People, Roles, api_keys::ApiKeys},
    store::api_keys::api_key,
};

/// The longest name, in characters.
const NAME: usize = 200;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct CreateApiKey {
    /// What it is called.
    pub name: String,
    /// The names of its permissions.
    pub permissions: Vec<String>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key that acts for whoever asks, with some of their permissions.
///
/// # Errors
/// [`Error::Forbidden`] for a key; [`Error::Invalid`] for a bad or taken name, no permission or one that the actor does not
/// hold, an end that is past, one key too many.
pub async fn create_api_key<S: Records<api_key::Entity> + ApiKeys + People + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &CreateApiKey,
) -> Result<NewApiKey> {
    cx.require(USE_API_KEYS)?;
    let (owner, _) = cx.in_session()?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, NAME);
    if cmd.permissions.is_empty() {
        check.problem("permissions", ProblemCode::Blank, "must name at least one permission");
    }
    if cmd.expires_at.is_some_and(|at| at <= cx.now) {
        check.problem("expiresAt", ProblemCode::NotAllowed, "must be in the future");
    }
    check.done()?;
    holds_all(cx, "permissions", &cmd.permissions)?;
    // Two at once take turns, so that both are counted; and nobody makes one who is deactivated at that moment.
    s.lock_account(owner.id).await?.filter(|account| account.is_active).ok_or(Error::Unauthenticated)?;
    if s.unrevoked(owner.id).await? >= MAX_KEYS {
        let message = format!("you have {MAX_KEYS} keys already; revoke one first");
        return Err(Error::invalid("", ProblemCode::NotAllowed, message));
    }
    let mut permissions = cmd.permissions.clone();
    permissions.sort_unstable();
    permissions.dedup();
    let (text, prefix) = new_key(cx);
    let key = api_key::Model {
        id: cx.new_id(),
        user_id: owner.id,
        name_folded: Some(same_name(&name)),
        name,
        prefix,
        hash: token_hash(&text),
        permissions: permissions.into(),
        expires_at: cmd.expires_at,
        last_used_at: None,
        revoked_at: None,
        revoked_by: None,
        created_at: cx.now,
    };
    s.insert(&key).await?;
    let key = ApiKey::from(key);
    s.emit(cx, &ApiKeyCreated { key: key.clone() });
    Ok(NewApiKey { key, text })
}

/// Ends a key, one's own or with [`MANAGE_API_KEYS`](crate::MANAGE_API_KEYS) anybody's, and returns it with its hash.
/// Revoking twice is no error.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a key; [`Error::Invalid`] for one of somebody who has more.
pub async fn revoke_api_key<S: Records<api_key::Entity> + ExternalIdentities + Roles + Emit>(
    s: &S,
    cx: &Cx,
    catalog: &[&str],
    id: ApiKeyId,
) -> Result<(ApiKey, Vec<u8>)> {
    let by = cx.user()?.id;
    cx.in_session()?;
    let mut key = s.lock(cx, id).await?;
    may_touch_whose(s, cx, catalog, key.user_id, "apiKeyId").await?;
    if key.revoked_at.is_none() {
        let before = key.clone();
        (key.revoked_at, key.revoked_by) = (Some(cx.now), Some(by));
        s.update(&before, &key).await?;
        s.emit(cx, &ApiKeyRevoked { key: id, owner: key.user_id });
    }
    let hash = key.hash.clone();
    Ok((key.into(), hash))
}
