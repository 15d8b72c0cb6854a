//! Somebody brings a lead into a CRM, takes that back, or has it tried again.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::{CrmConnectionId, CrmSyncId, LeadId},
    record::{self, Records},
};
use sea_orm::entity::prelude::*;

use super::{bring::SyncCrm, take::PullCrm};
use crate::{
    domain::{
        crm_connections::events::CrmPullRequested,
        crm_syncs::events::{CrmSyncCancelled, CrmSyncRequested, CrmSyncRetried},
    },
    policy::MANAGE_CRM,
    store::{
        crm_connections::connection::{self, CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        crm_syncs::{
            queue::{put, records_of, wake},
            sync::{self, CrmAction, CrmSyncStatus, Entity as CrmSyncs, Model as CrmSync},
        },
        leads::lead::{Entity as Leads, Model as Lead},
    },
};

/// A lead that somebody wants in a CRM.
#[derive(Debug, Clone, Copy)]
pub struct SyncLead {
    /// Which.
    pub lead: LeadId,
    /// Where; in all that are connected where none is named.
    pub connection: Option<CrmConnectionId>,
}

/// Has a lead brought into a CRM, whether it changed or not. Where it waits already, it waits once.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `leadId` for one that went into another, at `crmConnectionId` for one that is not in use.
pub async fn sync_lead(tx: &Tx, cx: &Cx, cmd: &SyncLead) -> Result<Vec<CrmSync>> {
    cx.require(MANAGE_CRM)?;
    let lead: Lead = Records::<Leads>::lock(tx, cx, cmd.lead).await?;
    if lead.merged_into_id.is_some() {
        let what = "went into another lead, which is brought instead";
        return Err(Error::invalid("leadId", ProblemCode::NotAllowed, what));
    }
    let connections: Vec<CrmConnection> = match cmd.connection {
        Some(id) => vec![Records::<CrmConnections>::lock(tx, cx, id).await?],
        None => {
            let all = connection::Entity::find().filter(connection::Column::Active.eq(true));
            all.all(tx.conn()).await?
        }
    };
    let refused = |what: &str| Error::invalid("crmConnectionId", ProblemCode::NotAvailable, what);
    if connections.is_empty() {
        return Err(refused("there is no connection with a CRM"));
    }
    let mut asked = Vec::new();
    for connection in connections {
        if !connection.active {
            return Err(refused("is disconnected"));
        }
        let known = records_of(tx.conn(), connection.id, &[lead.id]).await?.contains_key(&lead.id);
        let action = if known { CrmAction::Update } else { CrmAction::Create };
        let by = cx.person().ok().map(|person| person.id);
        let id = put(tx, cx, connection.id, lead.id, action, by).await?;
        let sync = sync::Entity::find_by_id(id).one(tx.conn()).await?.ok_or(Error::NotFound { what: "CrmSync" })?;
        tx.emit(cx, &CrmSyncRequested::of(&sync));
        if connection.status == CrmStatus::Connected {
            wake(tx, cx, connection.id, &SyncCrm { connection: connection.id }, cx.now).await?;
        }
        asked.push(sync);
    }
    Ok(asked)
}

/// Has what was given up, or waits for another try, tried now.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmSyncId` for what is done, or waits anew already.
pub async fn retry_crm_sync(tx: &Tx, cx: &Cx, id: CrmSyncId) -> Result<CrmSync> {
    cx.require(MANAGE_CRM)?;
    let before: CrmSync = Records::<CrmSyncs>::lock(tx, cx, id).await?;
    let refused = |what: &str| Error::invalid("crmSyncId", ProblemCode::NotAllowed, what);
    if matches!(before.status, CrmSyncStatus::Success) {
        return Err(refused("is done: ask for the lead to be brought again"));
    }
    let connection: CrmConnection = Records::<CrmConnections>::lock(tx, cx, before.connection_id).await?;
    if !connection.active {
        return Err(refused("its CRM is disconnected"));
    }
    let waiting = sync::Entity::find()
        .filter(sync::Column::ConnectionId.eq(before.connection_id))
        .filter(sync::Column::LeadId.eq(before.lead_id))
        .filter(sync::Column::Status.eq(CrmSyncStatus::Pending))
        .filter(sync::Column::Id.ne(id));
    if waiting.one(tx.conn()).await?.is_some() {
        return Err(refused("the lead waits to be brought already"));
    }
    let after = CrmSync {
        status: CrmSyncStatus::Pending,
        retry_count: 0,
        next_retry_at: Some(cx.now),
        error_message: None,
        ..before.clone()
    };
    let after = record::change::<CrmSyncs, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &CrmSyncRetried::of(&after));
    if connection.status == CrmStatus::Connected {
        wake(tx, cx, connection.id, &SyncCrm { connection: connection.id }, cx.now).await?;
    }
    Ok(after)
}

/// Takes back what waits to be brought.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmSyncId` for what does not wait, or is under way.
pub async fn cancel_crm_sync(tx: &Tx, cx: &Cx, id: CrmSyncId) -> Result<CrmSync> {
    cx.require(MANAGE_CRM)?;
    let before: CrmSync = Records::<CrmSyncs>::lock(tx, cx, id).await?;
    let refused = |what: &str| Error::invalid("crmSyncId", ProblemCode::NotAllowed, what);
    if before.status != CrmSyncStatus::Pending {
        return Err(refused("does not wait any more"));
    }
    if before.leased_until.is_some_and(|until| until > cx.now) {
        return Err(refused("is under way"));
    }
    let after = CrmSync { status: CrmSyncStatus::Cancelled, next_retry_at: None::<DateTime<Utc>>, ..before.clone() };
    let after = record::change::<CrmSyncs, _>(tx, cx, &before, after).await?;
    tx.emit(cx, &CrmSyncCancelled::of(&after));
    Ok(after)
}

/// Has changes in a CRM looked at now, without waiting for the next time.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmConnectionId` for one that is not connected.
pub async fn pull_crm_changes(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    let found: CrmConnection = Records::<CrmConnections>::lock(tx, cx, id).await?;
    if found.status != CrmStatus::Connected {
        return Err(Error::invalid("crmConnectionId", ProblemCode::NotAllowed, "is not connected"));
    }
    tx.emit(cx, &CrmPullRequested { connection: id });
    wake(tx, cx, id, &PullCrm::of(id), cx.now).await?;
    Ok(found)
}
