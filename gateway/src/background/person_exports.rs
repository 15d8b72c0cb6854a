//! Who asked for what is held on a person is told when it is over.

use audit::{PersonExportFailed, PersonExportFinished};
use identity::{Notice, NotificationType};
use kernel::{
    Result,
    events::{Event, Stored},
    id::{PersonExportId, UserId},
};
use serde_json::json;

/// What an event tells who asked.
///
/// # Errors
/// [`kernel::Error::Internal`] for an event that is not as it was written.
pub fn notice(event: &Stored) -> Result<Option<Notice>> {
    Ok(match event.kind.as_str() {
        PersonExportFinished::KIND => {
            let PersonExportFinished { export, user, rows, .. } = event.decode()?;
            let body = format!("What is held on a person, as you asked, is put together: {rows} entries.");
            Some(told(event, NotificationType::PersonExportFinished, export, user, body))
        }
        PersonExportFailed::KIND => {
            let PersonExportFailed { export, user, .. } = event.decode()?;
            let body = "What is held on a person could not be put together. The export says why.".into();
            Some(told(event, NotificationType::PersonExportFailed, export, user, body))
        }
        _ => None,
    })
}

fn told(event: &Stored, kind: NotificationType, export: PersonExportId, to: UserId, body: String) -> Notice {
    Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to: vec![to],
        // It was Frontdesk.
        actor: None,
        body,
        resource: Some(export.to_string()),
        metadata: Some(json!({ "personExportId": export })),
        letter: None,
    }
}
