//! Who asked for an export is told when it is over.

use analytics_sync::{ExportFailed, ExportFinished};
use identity::{Notice, NotificationType};
use kernel::{
    Result,
    events::{Event, Stored},
    id::{ExportId, UserId},
};
use serde_json::json;

/// What an event tells who asked for an export.
///
/// # Errors
/// [`kernel::Error::Internal`] for an event that is not as it was written.
pub fn notice(event: &Stored) -> Result<Option<Notice>> {
    Ok(match event.kind.as_str() {
        ExportFinished::KIND => {
            let ExportFinished { export, user, rows, .. } = event.decode()?;
            let body = match rows {
                0 => {
                    "A file that you asked for is there. There was nothing to export: it has a head and no rows.".into()
                }
                1 => "A file that you asked for is there. It has 1 row.".into(),
                rows => format!("A file that you asked for is there. It has {rows} rows."),
            };
            told(event, NotificationType::ExportFinished, export, user, body)
        }
        ExportFailed::KIND => {
            let ExportFailed { export, user, .. } = event.decode()?;
            let body = "A file that you asked for could not be made. The export says why.".into();
            told(event, NotificationType::ExportFailed, export, user, body)
        }
        _ => None,
    })
}

fn told(event: &Stored, kind: NotificationType, export: ExportId, to: Option<UserId>, body: String) -> Option<Notice> {
    Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to: vec![to?],
        // It was Frontdesk.
        actor: None,
        body,
        resource: Some(export.to_string()),
        metadata: Some(json!({ "exportId": export })),
        letter: None,
    })
}
