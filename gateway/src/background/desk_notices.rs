//! What happens to chats and consultations becomes notifications: who gets one is told, unless they did it themselves or do not see it.

use identity::{Notice, NotificationType, Withdrawal};
use inbox::{
    ChatTransferred, ConsultationAssigned, ConsultationBooked, ConsultationCancelled, ConsultationRescheduled, Entity,
    EntityType,
    records::{Chats, Consultations},
};
use kernel::{
    Conn, Cx, Result,
    events::{Event, Stored},
    id::{ChatId, ConsultationId, StaffId, UserId},
    record::{by_ids, visible_ids},
};
use serde_json::json;

use crate::wiring::{app::App, standing::as_active};

/// Whether somebody sees it.
async fn is_seen(conn: &Conn, theirs: &Cx, one: Entity) -> Result<bool> {
    Ok(match one.kind {
        EntityType::Chat => !visible_ids::<Chats>(conn, theirs, &[ChatId(one.id)]).await?.is_empty(),
        _ => !visible_ids::<Consultations>(conn, theirs, &[ConsultationId(one.id)]).await?.is_empty(),
    })
}

/// Who had what, who has it now, and what they are told.
struct Went {
    one: Entity,
    from: Option<StaffId>,
    to: Option<StaffId>,
    body: &'static str,
}

/// What an event gave to somebody, or took from them.
async fn went(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Went>> {
    Ok(Some(match event.kind.as_str() {
        ChatTransferred::KIND => {
            let ChatTransferred { chat, from, to, .. } = event.decode()?;
            Went { one: chat.into(), from, to, body: "A chat was handed to you." }
        }
        ConsultationBooked::KIND => {
            let ConsultationBooked { consultation, assignee, .. } = event.decode()?;
            let body = "A visitor booked a consultation with you.";
            Went { one: consultation.into(), from: None, to: assignee, body }
        }
        ConsultationAssigned::KIND => {
            let ConsultationAssigned { consultation, from, to } = event.decode()?;
            Went { one: consultation.into(), from, to, body: "A consultation was assigned to you." }
        }
        ConsultationRescheduled::KIND => {
            let ConsultationRescheduled { consultation, from: (_, from), to: (_, to) } = event.decode()?;
            let body =
                if from == to { "A consultation of yours was moved." } else { "A consultation was moved to you." };
            Went { one: consultation.into(), from, to, body }
        }
        ConsultationCancelled::KIND => {
            let ConsultationCancelled { consultation } = event.decode()?;
            let conn = app.db.reader(cx).await?;
            let found = by_ids::<Consultations>(&conn, cx, &[consultation]).await?.remove(&consultation);
            let to = found.and_then(|found| found.assignee_id);
            Went { one: consultation.into(), from: to, to, body: "A consultation of yours was called off." }
        }
        _ => return Ok(None),
    }))
}

/// What an event tells to whom.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notice(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    let Some(Went { one, to, body, .. }) = went(app, cx, event).await? else { return Ok(None) };
    let Some(who) = to.map(UserId::from).filter(|who| Some(*who) != event.actor_id) else { return Ok(None) };
    let conn = app.db.reader(cx).await?;
    let Some(theirs) = as_active(&conn, cx, &app.catalog, who).await? else { return Ok(None) };
    if !is_seen(&conn, &theirs, one).await? {
        return Ok(None);
    }
    let (kind, field) = match one.kind {
        EntityType::Chat => (NotificationType::ChatAssigned, "chatId"),
        _ => (NotificationType::ConsultationAssigned, "consultationId"),
    };
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to: vec![who],
        actor: event.actor_id,
        body: body.to_owned(),
        resource: Some(one.to_string()),
        metadata: Some(json!({ field: one })),
        letter: None,
    }))
}

/// What an event took out of somebody's sight who may have been told of it; `None` where it took nothing.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn withdrawal(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Withdrawal>> {
    let Some(Went { one, from: Some(from), to, .. }) = went(app, cx, event).await? else { return Ok(None) };
    if to == Some(from) {
        return Ok(None);
    }
    let conn = app.db.reader(cx).await?;
    let Some(theirs) = as_active(&conn, cx, &app.catalog, from.into()).await? else { return Ok(None) };
    if is_seen(&conn, &theirs, one).await? {
        return Ok(None);
    }
    let notes = inbox::note_ids(&conn, one).await?;
    let resources = notes.iter().map(ToString::to_string).chain([one.to_string()]).collect();
    Ok(Some(Withdrawal { sequence: event.sequence.unwrap_or_default(), user: from.into(), resources }))
}
