//! Tokens of accounts under another key.

use kernel::{
    Conn, Cx, Result, Tx,
    crypto::Keyring,
    db::Emit,
    events::{Event, Resource, Severity},
    id::TenantId,
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::tokens::{access_context, refresh_context};
use crate::store::social::{account, connecting};

/// Tokens of accounts were sealed anew, under another key than before.
#[derive(Debug, Serialize)]
pub struct SocialTokensResealed {
    /// Whose.
    pub tenant: TenantId,
    /// How many.
    pub count: u64,
}

impl Event for SocialTokensResealed {
    const KIND: &'static str = "social_account.resealed";
    const TOPIC: &'static str = "inbox";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "count": self.count })))
    }
}

/// The short ids of the keys that seal tokens of accounts, and what is given while somebody chooses, one for each.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn sealed_social_tokens(conn: &Conn) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for row in account::Entity::find().all(conn).await? {
        let all = [row.access_token_encrypted, row.refresh_token_encrypted];
        keys.extend(all.iter().flatten().filter_map(|sealed| Keyring::id_of(sealed)));
    }
    for row in connecting::Entity::find().all(conn).await? {
        let all = [row.verifier_encrypted, row.granted_encrypted];
        keys.extend(all.iter().flatten().filter_map(|sealed| Keyring::id_of(sealed)));
    }
    Ok(keys)
}

/// Seals tokens of accounts under the newest key that are sealed under another one; returns how many. What somebody is choosing
/// from ends by itself. For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`kernel::Error::Internal`] where one does not open: then nothing is changed.
pub async fn reseal_social_tokens(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<u64> {
    let mut count = 0;
    for row in account::Entity::find().all(tx.conn()).await? {
        let mut anew = |context: Vec<u8>, sealed: &Option<Vec<u8>>| {
            let Some(sealed) = sealed else { return Ok(None) };
            let sealed = keyring.encrypt_anew(cx.source(), &context, sealed)?;
            count += u64::from(sealed.is_some());
            Ok::<_, kernel::Error>(sealed)
        };
        let access = anew(access_context(row.id), &row.access_token_encrypted)?;
        let refresh = anew(refresh_context(row.id), &row.refresh_token_encrypted)?;
        if access.is_none() && refresh.is_none() {
            continue;
        }
        let mut to = row.into_active_model();
        if let Some(sealed) = access {
            to.access_token_encrypted = Set(Some(sealed));
        }
        if let Some(sealed) = refresh {
            to.refresh_token_encrypted = Set(Some(sealed));
        }
        account::Entity::update(to).exec(tx.conn()).await?;
    }
    if count > 0 {
        tx.emit(cx, &SocialTokensResealed { tenant: cx.tenant.id, count });
    }
    Ok(count)
}
