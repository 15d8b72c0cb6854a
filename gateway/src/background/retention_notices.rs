//! Who decides how long rows are kept is told when a run of retention breaks off.

use audit::RetentionFailed;
use identity::{Notice, NotificationType};
use kernel::{
    Cx, Result,
    events::{Event, Stored},
};
use serde_json::json;

use crate::wiring::app::App;

/// What an event tells those who manage retention. A run that breaks off again for the same reason tells so once.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notice(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    if event.kind != RetentionFailed::KIND {
        return Ok(None);
    }
    let RetentionFailed { run, .. } = event.decode()?;
    let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, audit::MANAGE_RETENTION).await?;
    let body = "A run that archives or removes old rows broke off. It is tried again; the run says why.".into();
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind: NotificationType::RetentionFailed,
        to,
        // It was Frontdesk.
        actor: None,
        body,
        resource: Some(run.to_string()),
        metadata: Some(json!({ "retentionRunId": run })),
        letter: None,
    }))
}
