//! CRMs: what happened to leads is noted for them, what is due is brought, and what was changed there comes back.

use chrono::TimeDelta;
use crm_leads::{
    CrmConnectionLost, MANAGE_CRM, changes_in_crm, finish_pull, leads_told, note_for_crms, sync_crm, take_change,
};
use identity::{Notice, NotificationType};
use kernel::{
    Cx, Error, Result, Tx,
    events::{Event, Stored},
    id::LeadId,
    jobs::Job,
};
use serde_json::json;

use crate::wiring::{app::App, tickets::House};

/// The leads that these events say something of which a CRM has to hear.
pub fn told(events: &[Stored]) -> Vec<LeadId> {
    events.iter().flat_map(|event| leads_told(&event.kind, &event.payload)).collect()
}

/// Notes them.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; then nothing is lost.
pub async fn note(tx: &Tx, cx: &Cx, leads: &[LeadId]) -> Result<()> {
    note_for_crms(tx, cx, leads).await
}

/// Brings what is due.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn bring(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    // Asking takes longer than a beat of the lease.
    let own = TimeDelta::from_std(app.schedule.lease * 2).map_err(Error::internal)?;
    sync_crm(&app.db, app.crms.as_ref(), own, cx, job).await
}

/// Looks at what was changed there.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn take(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let pulled = &changes_in_crm(&app.db, app.crms.as_ref(), cx, job).await?;
    let mut all = true;
    for remote in pulled.iter().flat_map(|pulled| &pulled.changes) {
        let Some(pulled) = pulled else { continue };
        let take = |tx| async move { take_change(&tx, &House(&tx, &app.catalog), cx, pulled, remote).await };
        all &= app.db.transact(cx, "crm.pull", take).await?;
    }
    let finish = |tx| async move { finish_pull(&tx, cx, job, pulled.as_ref(), all).await };
    app.db.transact(cx, "crm.pull", finish).await
}

/// What an event tells those who keep CRMs.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notices(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    if event.kind != CrmConnectionLost::KIND {
        return Ok(None);
    }
    let CrmConnectionLost { connection, .. } = event.decode()?;
    let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, MANAGE_CRM).await?;
    let body =
        "A CRM lets the company in no more. The connection says why; connect it again. What is to be brought waits.";
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind: NotificationType::CrmConnectionLost,
        to,
        // It was the CRM.
        actor: None,
        body: body.to_owned(),
        resource: Some(connection.to_string()),
        metadata: Some(json!({ "crmConnectionId": connection })),
        letter: None,
    }))
}
