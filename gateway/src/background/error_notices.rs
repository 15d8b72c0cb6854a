//! What was given up elsewhere goes into the log of errors, and people are told of what needs somebody.
//!
//! Whatever is given up tells so by an event: of a mail, a delivery, an export, a synchronisation. Those events are read here, once
//! each, so that no use case has to know of the log.

use audit::{ErrorGroupAlerted, ErrorGroupReopened, ErrorLevel, ErrorSource, Occurrence};
use identity::{Notice, NotificationType};
use inbox::{ConversationReplyChanged, ConversationReplyStatus};
use kernel::{
    Cx, Result,
    events::{Event, Stored},
    id::ErrorGroupId,
};
use serde_json::{Value as Json, json};

use crate::wiring::app::App;

/// The events that tell of something given up, and where that was.
const GIVEN_UP: &[(&str, ErrorSource)] = &[
    ("ai_task.failed", ErrorSource::Ai),
    ("assistant.answer_failed", ErrorSource::Ai),
    ("b2chat_media.stopped", ErrorSource::Sync),
    ("crm_connection.lost", ErrorSource::Crm),
    ("crm_sync.failed", ErrorSource::Crm),
    ("effectiveness_analysis.failed", ErrorSource::Analysis),
    ("export.failed", ErrorSource::Export),
    ("letter.failed", ErrorSource::Mail),
    ("notification_delivery.failed", ErrorSource::Webhook),
    ("reply.failed", ErrorSource::Mail),
    ("retention_run.failed", ErrorSource::Cron),
    ("social_account.refused", ErrorSource::Social),
    ("sync.failed", ErrorSource::Sync),
    ("ticket_comment.failed", ErrorSource::Mail),
];
/// Where such an event says why.
const WHY: &[&str] = &["why", "error", "failure", "detail", "status"];

/// The errors that events tell of, each with its event's number.
///
/// # Errors
/// [`kernel::Error::Internal`] for an event that is not as it was written.
pub fn errors(events: &[Stored]) -> Result<Vec<(i64, Occurrence)>> {
    let mut found = Vec::new();
    for event in events {
        let source = match event.kind.as_str() {
            ConversationReplyChanged::KIND => {
                let ConversationReplyChanged { to, .. } = event.decode()?;
                (to == ConversationReplyStatus::Failed).then_some(ErrorSource::Social)
            }
            kind => GIVEN_UP.iter().find(|(known, _)| *known == kind).map(|(_, source)| *source),
        };
        let Some(source) = source else { continue };
        let why = WHY.iter().find_map(|name| event.payload[name].as_str()).unwrap_or("the record says why");
        let said = format!("{}: {why}", event.kind);
        let error = Occurrence::new(event.at, ErrorLevel::Error, source, &event.kind, &said);
        let correlation = event.correlation_id.as_deref().unwrap_or_default();
        let mut error = error.of_request(event.actor_id, "", correlation).with_metadata(json!({ "event": event.id }));
        error.request_id = None;
        found.push((event.sequence.unwrap_or_default(), error));
    }
    Ok(found)
}

/// What an event of the log tells those who see it.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notice(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    let (kind, group, body) = match event.kind.as_str() {
        ErrorGroupAlerted::KIND => {
            let ErrorGroupAlerted { group, source, level, count, .. } = event.decode()?;
            let times = if count == 1 { "for the first time".to_owned() } else { format!("{count} times by now") };
            let body =
                format!("A {} error happened in {}, {times}. The log says what it is.", word(&level), word(&source));
            (NotificationType::ErrorAlerted, group, body)
        }
        ErrorGroupReopened::KIND => {
            let ErrorGroupReopened { group, source, recurred, .. } = event.decode()?;
            if !recurred {
                return Ok(None);
            }
            let body =
                format!("An error in {} that was resolved happened again. The log says what it is.", word(&source));
            (NotificationType::ErrorReopened, group, body)
        }
        _ => return Ok(None),
    };
    let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, audit::VIEW_ERROR_LOG).await?;
    Ok(Some(told(event, kind, group, to, body)))
}

/// A word of the log as it is stored.
fn word<E: sea_orm::ActiveEnum<Value = String>>(value: &E) -> String {
    value.to_value()
}

fn told(
    event: &Stored,
    kind: NotificationType,
    group: ErrorGroupId,
    to: Vec<kernel::id::UserId>,
    body: String,
) -> Notice {
    let metadata: Json = json!({ "errorGroupId": group });
    Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to,
        // It was Frontdesk.
        actor: None,
        body,
        resource: Some(group.to_string()),
        metadata: Some(metadata),
        letter: None,
    }
}
