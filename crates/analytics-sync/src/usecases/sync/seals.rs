//! The credentials as they are kept: sealed.

use std::collections::BTreeMap;

use kernel::{Conn, Cx, Error, Result, Tx, crypto::Keyring};
use sea_orm::entity::prelude::*;

use crate::{
    ports::source::Credentials,
    store::sync::access::{Column, Entity, Model, ONLY},
};

/// What they are sealed for.
const CONTEXT: &[u8] = b"b2chat_access credentials";

/// Credentials as they are kept.
pub(super) fn sealed(keyring: &Keyring, cx: &Cx, held: &Credentials) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(held).map_err(Error::internal)?;
    keyring.encrypt(cx.source(), CONTEXT, &plain)
}

/// Credentials as they are used; none where there are none.
pub(super) fn opened(keyring: &Keyring, access: &Model) -> Result<Option<Credentials>> {
    let Some(sealed) = &access.credentials_encrypted else { return Ok(None) };
    let plain = keyring.decrypt(CONTEXT, sealed)?;
    serde_json::from_slice(&plain).map(Some).map_err(|_| Error::internal("credentials of B2Chat cannot be read"))
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
