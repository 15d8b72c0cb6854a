//! Which keys still seal the credentials of CRMs, and sealing them under the newest.

use std::collections::BTreeMap;

use kernel::{Conn, Cx, Result, Tx, crypto::Keyring};
use sea_orm::{QuerySelect, entity::prelude::*};

use super::ask::context;
use crate::store::crm_connections::connection::{Column, Entity as CrmConnections};

/// How many credentials each key seals.
pub async fn sealed_crm_credentials(conn: &Conn) -> Result<BTreeMap<String, u64>> {
    let sealed: Vec<Vec<u8>> = CrmConnections::find()
        .select_only()
        .column(Column::CredentialsEncrypted)
        .filter(Column::CredentialsEncrypted.is_not_null())
        .into_tuple()
        .all(conn)
        .await?;
    let mut counted = BTreeMap::new();
    for key in sealed.iter().filter_map(|sealed| Keyring::id_of(sealed)) {
        *counted.entry(key).or_default() += 1;
    }
    Ok(counted)
}

/// Seals under the newest key what older ones seal; returns how many.
pub async fn reseal_crm_credentials(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<u64> {
    let mut count = 0;
    for connection in CrmConnections::find().all(tx.conn()).await? {
        let Some(sealed) = &connection.credentials_encrypted else { continue };
        if let Some(anew) = keyring.encrypt_anew(cx.source(), &context(connection.id), sealed)? {
            // What was renewed meanwhile is under the newest key already.
            let kept = CrmConnections::update_many()
                .col_expr(Column::CredentialsEncrypted, Expr::value(Some(anew)))
                .filter(Column::Id.eq(connection.id))
                .filter(Column::Renewed.eq(connection.renewed));
            count += kept.exec(tx.conn()).await?.rows_affected;
        }
    }
    Ok(count)
}
