//! All leads are brought into a CRM: also those that were there before it was connected.

use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::{CrmConnectionId, LeadId},
    jobs::{self, Enqueue, Job, Work},
    record::Records,
};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::bring::SyncCrm;
use crate::{
    domain::crm_connections::events::CrmSyncAllRequested,
    policy::MANAGE_CRM,
    queries::crm::connections::connection,
    store::{
        crm_connections::connection::{CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        crm_syncs::{
            queue::{put, records_of, wake},
            sync::CrmAction,
        },
        leads::lead::{Column, Entity as Leads},
    },
};

/// So many leads are noted in a transaction.
const STEP: usize = 200;

/// The job: note the next leads as to be brought.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct NoteAllLeads {
    /// Where to.
    pub connection: CrmConnectionId,
    /// Those after this one; all where it is absent.
    pub after: Option<LeadId>,
}

impl Work for NoteAllLeads {
    const KIND: &'static str = "crm.note_all";
}

/// Has all leads brought that went into no other: what is there and the same costs nothing, and what waits already waits once.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmConnectionId` for one that is disconnected.
pub async fn sync_all_leads(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    let found: CrmConnection = Records::<CrmConnections>::lock(tx, cx, id).await?;
    if !found.active {
        return Err(Error::invalid("crmConnectionId", ProblemCode::NotAvailable, "is disconnected"));
    }
    tx.enqueue(cx, &NoteAllLeads { connection: id, after: None }).await?;
    tx.emit(cx, &CrmSyncAllRequested { connection: id });
    Ok(found)
}

/// Notes the next leads, and asks for those after them.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away: it is tried again.
pub async fn note_all_leads(db: &Db, cx: &Cx, job: &Job) -> Result<()> {
    let work: NoteAllLeads = job.work()?;
    db.transact(cx, "crm.note_all", |tx| async move {
        jobs::finish(&tx, job).await?;
        let id = work.connection;
        let Some(found) = connection(tx.conn(), id).await?.filter(|found| found.active) else { return Ok(()) };
        let next = Leads::find().select_only().column(Column::Id).filter(Column::MergedIntoId.is_null());
        let next = next.apply_if(work.after, |next, after| next.filter(Column::Id.gt(after)));
        let next = next.order_by_asc(Column::Id).limit(STEP as u64);
        let leads: Vec<LeadId> = next.into_tuple().all(tx.conn()).await?;
        let there = records_of(tx.conn(), id, &leads).await?;
        for lead in &leads {
            let action = if there.contains_key(lead) { CrmAction::Update } else { CrmAction::Create };
            put(&tx, cx, id, *lead, action, None).await?;
        }
        if found.status == CrmStatus::Connected && !leads.is_empty() {
            wake(&tx, cx, id, &SyncCrm { connection: id }, cx.now).await?;
        }
        if leads.len() == STEP {
            tx.enqueue(cx, &NoteAllLeads { after: leads.last().copied(), ..work }).await?;
        }
        Ok(())
    })
    .await
}
