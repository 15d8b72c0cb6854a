//! What happens in conversations becomes notifications.

use std::sync::Arc;

use identity::{Notice, NotificationType, Withdrawal};
use inbox::{ConversationAssigned, ConversationMessageAdded, Direction, records::Conversations};
use kernel::{
    Actor, Cx, Result,
    events::{Event, Stored},
    id::{ConversationId, UserId},
    record::visible_ids,
};
use serde_json::json;

use crate::wiring::app::App;

/// What an event tells to whom; `None` where it concerns nobody in particular.
pub fn notice(event: &Stored) -> Result<Option<Notice>> {
    let (kind, to, body, conversation) = match event.kind.as_str() {
        ConversationAssigned::KIND => {
            let ConversationAssigned { conversation, to, .. } = event.decode()?;
            let body = "A conversation was assigned by a colleague.";
            (NotificationType::ConversationAssigned, to, body, conversation)
        }
        ConversationMessageAdded::KIND => {
            let ConversationMessageAdded { conversation, direction, assignee, .. } = event.decode()?;
            if direction != Direction::Inbound {
                return Ok(None);
            }
            let body = "Somebody wrote in a conversation that you have.";
            (NotificationType::ConversationMessage, assignee, body, conversation)
        }
        _ => return Ok(None),
    };
    // Who takes one needs no telling.
    let Some(to) = to.map(UserId::from).filter(|to| Some(*to) != event.actor_id) else { return Ok(None) };
    Ok(Some(told(event, kind, to, body, conversation)))
}

fn told(event: &Stored, kind: NotificationType, to: UserId, body: &str, conversation: ConversationId) -> Notice {
    Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to: vec![to],
        actor: event.actor_id,
        body: body.to_owned(),
        resource: Some(conversation.to_string()),
        metadata: Some(json!({ "conversationId": conversation })),
        letter: None,
    }
}

/// What an event took out of somebody's sight who may have been told of it; `None` where it took nothing.
pub async fn withdrawal(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Withdrawal>> {
    if event.kind != ConversationAssigned::KIND {
        return Ok(None);
    }
    let ConversationAssigned { conversation, from: Some(from), .. } = event.decode()? else { return Ok(None) };
    let conn = app.db.reader(cx).await?;
    let Some(standing) = identity::standing(&conn, cx, &app.catalog, from.into()).await? else { return Ok(None) };
    let theirs = cx.acting_as(Actor::User(Arc::new(standing.actor)));
    if !visible_ids::<Conversations>(&conn, &theirs, &[conversation]).await?.is_empty() {
        return Ok(None);
    }
    let notes = inbox::note_ids(&conn, conversation).await?;
    let resources = notes.iter().map(ToString::to_string).chain([conversation.to_string()]).collect();
    Ok(Some(Withdrawal { sequence: event.sequence.unwrap_or_default(), user: from.into(), resources }))
}
