//! What people are told of leads: of what they get, and of what became hot. Nobody is told of what they do not see, nor of what they
//! did themselves.

use crm_leads::{LeadAssigned, LeadCreated, LeadScore, LeadScored, records::Leads};
use identity::{Notice, NotificationType, Withdrawal};
use kernel::{
    Cx, Result,
    events::{Event, Stored},
    id::{LeadId, StaffId, UserId},
    record::{by_ids, visible_ids},
};
use serde_json::json;

use crate::wiring::{app::App, standing::as_active};

/// What an event tells to whom.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notices(app: &App, cx: &Cx, event: &Stored) -> Result<Vec<Notice>> {
    match event.kind.as_str() {
        LeadCreated::KIND => {
            let LeadCreated { lead, owner, .. } = event.decode()?;
            told(app, cx, event, NotificationType::LeadAssigned, lead, owner).await
        }
        LeadAssigned::KIND => {
            let LeadAssigned { lead, to, .. } = event.decode()?;
            told(app, cx, event, NotificationType::LeadAssigned, lead, to).await
        }
        LeadScored::KIND => {
            let LeadScored { lead, from, to, .. } = event.decode()?;
            if to != LeadScore::Hot || from == Some(LeadScore::Hot) {
                return Ok(Vec::new());
            }
            let conn = app.db.reader(cx).await?;
            let owner = by_ids::<Leads>(&conn, cx, &[lead]).await?.remove(&lead).and_then(|lead| lead.owner_id);
            told(app, cx, event, NotificationType::LeadHot, lead, owner).await
        }
        _ => Ok(Vec::new()),
    }
}

async fn told(
    app: &App,
    cx: &Cx,
    event: &Stored,
    kind: NotificationType,
    lead: LeadId,
    to: Option<StaffId>,
) -> Result<Vec<Notice>> {
    let Some(who) = to.map(UserId::from).filter(|who| Some(*who) != event.actor_id) else { return Ok(Vec::new()) };
    let conn = app.db.reader(cx).await?;
    let Some(theirs) = as_active(&conn, cx, &app.catalog, who).await? else { return Ok(Vec::new()) };
    if visible_ids::<Leads>(&conn, &theirs, &[lead]).await?.is_empty() {
        return Ok(Vec::new());
    }
    let body = match kind {
        NotificationType::LeadHot => "A lead that you have is hot from now on.",
        _ => "A lead was assigned by a colleague.",
    };
    Ok(vec![Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to: vec![who],
        actor: event.actor_id,
        body: body.into(),
        resource: Some(lead.to_string()),
        metadata: Some(json!({ "leadId": lead })),
        letter: None,
    }])
}

/// What an event took out of people's sight who may have been told of it.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn withdrawals(app: &App, cx: &Cx, event: &Stored) -> Result<Vec<Withdrawal>> {
    if event.kind != LeadAssigned::KIND {
        return Ok(Vec::new());
    }
    let LeadAssigned { lead, from, .. } = event.decode()?;
    let Some(user) = from.map(UserId::from) else { return Ok(Vec::new()) };
    let conn = app.db.reader(cx).await?;
    let Some(theirs) = as_active(&conn, cx, &app.catalog, user).await? else { return Ok(Vec::new()) };
    if !visible_ids::<Leads>(&conn, &theirs, &[lead]).await?.is_empty() {
        return Ok(Vec::new());
    }
    let sequence = event.sequence.unwrap_or_default();
    Ok(vec![Withdrawal { sequence, user, resources: vec![lead.to_string()] }])
}
