//! The credentials as they are kept: sealed.

use std::collections::BTreeMap;

use kernel::{Conn, Cx, Error, Result, Tx, crypto::Keyring};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    ports::source::{Credentials, NoSource},
    store::sync::access::{Column, Entity, Model, ONLY},
};

/// What they are sealed for.
const CONTEXT: &[u8] = b"b2chat_access credentials";

/// Where B2Chat was for all whose credentials were sealed without an address, as older ones are.
const BEFORE: &str = "https://api.b2chat.io";

/// Credentials with the address that they were given for: whoever may set another address must not have them sent there.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    held: Credentials,
    #[serde(default)]
    address: Option<String>,
}

/// Credentials as they are kept, for this address.
pub(super) fn sealed(keyring: &Keyring, cx: &Cx, held: &Credentials, address: &str) -> Result<Vec<u8>> {
    let kept = Kept { held: held.clone(), address: Some(address.to_owned()) };
    let plain = serde_json::to_vec(&kept).map_err(Error::internal)?;
    keyring.encrypt(cx.source(), CONTEXT, &plain)
}

/// Credentials as they are used at an address; none where there are none, and why where they were given for another.
pub(super) fn opened(
    keyring: &Keyring,
    access: &Model,
    address: &str,
) -> Result<Option<std::result::Result<Credentials, NoSource>>> {
    let Some(sealed) = &access.credentials_encrypted else { return Ok(None) };
    let plain = keyring.decrypt(CONTEXT, sealed)?;
    let kept: Kept =
        serde_json::from_slice(&plain).map_err(|_| Error::internal("credentials of B2Chat cannot be read"))?;
    let of = kept.address.as_deref().unwrap_or(BEFORE);
    Ok(Some(if of.trim_end_matches('/') == address.trim_end_matches('/') {
        Ok(kept.held)
    } else {
        Err(NoSource::Address(format!(
            "b2chat.api_url is another address than {of}, where B2Chat was connected: connect it again"
        )))
    }))
}

/// How many credentials each key seals.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn sealed_b2chat_credentials(conn: &Conn) -> Result<BTreeMap<String, u64>> {
    let found = Entity::find_by_id(ONLY).one(conn).await?.and_then(|row| row.credentials_encrypted);
    Ok(found.and_then(|sealed| Keyring::id_of(&sealed)).map(|key| (key, 1)).into_iter().collect())
}

/// Seals under the newest key what older ones seal; returns how many.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn reseal_b2chat_credentials(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<u64> {
    let Some(row) = super::hold(tx).await? else { return Ok(0) };
    let Some(sealed) = &row.credentials_encrypted else { return Ok(0) };
    let Some(anew) = keyring.encrypt_anew(cx.source(), CONTEXT, sealed)? else { return Ok(0) };
    let kept = Entity::update_many().col_expr(Column::CredentialsEncrypted, Expr::value(Some(anew)));
    Ok(kept.filter(Column::Id.eq(ONLY)).exec(tx.conn()).await?.rows_affected)
}
