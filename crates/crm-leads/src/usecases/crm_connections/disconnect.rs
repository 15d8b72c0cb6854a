//! A connection is ended.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Db, Result, Tx,
    id::CrmConnectionId,
    record::{self, Records},
};
use sea_orm::{ActiveEnum, entity::prelude::*};

use super::ask::opened;
use crate::{
    policy::MANAGE_CRM,
    ports::crm::Crms,
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        crm_syncs::sync::{self, CrmSyncStatus},
    },
};

/// Ends a connection: its tokens are ended at the CRM and forgotten here, what waits is cancelled, and what was is kept.
///
/// # Errors
/// [`kernel::Error::Forbidden`]; [`kernel::Error::NotFound`].
pub async fn disconnect_crm(db: &Db, crms: &dyn Crms, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    let held = match cx.require(MANAGE_CRM) {
        Ok(()) => match connection(&db.reader(cx).await?, id).await? {
            Some(found) => opened(db.keyring(), &found)?.map(|held| (found.provider, held)),
            None => None,
        },
        Err(_) => None,
    };
    let ended = db.transact(cx, "crm_connection.disconnect", |tx| async move { ended(&tx, cx, id).await }).await?;
    // Whether the CRM hears of it or not, nothing is kept here that it would take.
    if let Some((provider, held)) = held
        && let Err(no) = crms.of(provider).revoke(&held).await
    {
        tracing::info!(connection = %id, why = no.sentence(), "a CRM did not hear that it was disconnected");
    }
    Ok(ended)
}

async fn ended(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    let before: CrmConnection = Records::<CrmConnections>::lock(tx, cx, id).await?;
    if before.status == CrmStatus::Disconnected {
        return Ok(before);
    }
    let after = CrmConnection {
        credentials_encrypted: None,
        renewed: before.renewed + 1,
        active: false,
        auto_sync: false,
        pull: false,
        status: CrmStatus::Disconnected,
        token_expires_at: None,
        refreshing_until: None,
        limited_until: None,
        ..before.clone()
    };
    let after = record::save::<CrmConnections, _>(tx, cx, before, after).await?;
    sync::Entity::update_many()
        .col_expr(sync::Column::Status, Expr::value(CrmSyncStatus::Cancelled.to_value()))
        .col_expr(sync::Column::NextRetryAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(sync::Column::UpdatedAt, Expr::value(cx.now))
        .filter(sync::Column::ConnectionId.eq(id))
        .filter(sync::Column::Status.eq(CrmSyncStatus::Pending))
        .exec(tx.conn())
        .await?;
    Ok(after)
}
