//! Runs of the synchronisation are worked on, begun when they are due, and told of.

use analytics_sync::{
    AroundSync, MANAGE_SYNC, SyncCompleted, SyncEntity, SyncFailed, SyncStatus, begin_due_syncs, run_sync,
};
use identity::{Notice, NotificationType};
use kernel::{
    Cx, Result, Tx,
    events::{Event, Stored},
    id::SyncRunId,
    jobs::Job,
};
use serde_json::json;

use crate::wiring::{
    app::App,
    sync::{Staff, settings},
};

/// Goes on with a run.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn go_on(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let settings = &settings(app, cx).await?;
    run_sync(&app.db, &AroundSync { source: app.b2chat.as_ref(), colleagues: &Staff, settings }, cx, job).await
}

/// Begins runs where they are due.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn begin(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let settings = &settings(app, cx).await?;
    let begin = |tx: Tx| async move { begin_due_syncs(&tx, settings, cx, job).await };
    app.db.transact(cx, "sync.begin_due", begin).await
}

fn named(entity: SyncEntity) -> &'static str {
    match entity {
        SyncEntity::Chats => "chats",
        SyncEntity::Contacts => "contacts",
        SyncEntity::Agents => "agents",
        SyncEntity::Departments => "departments",
    }
}

/// What an event tells those who keep the synchronisation. Of a run that the schedule began and that lost nothing nobody is told.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notices(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    let (kind, run, body): (_, SyncRunId, _) = match event.kind.as_str() {
        SyncCompleted::KIND => {
            let told: SyncCompleted = event.decode()?;
            let what = named(told.entity);
            match told.status {
                SyncStatus::Partial => {
                    let body = format!(
                        "A synchronisation of {what} is over, and not whole: {} records could not be read, and {} days are \
                         not complete. The run says which.",
                        told.failed, told.incomplete_days
                    );
                    (NotificationType::SyncPartial, told.run, body)
                }
                _ if told.by_person => {
                    let body = format!("A synchronisation of {what} is over: {} records were read.", told.records);
                    (NotificationType::SyncFinished, told.run, body)
                }
                _ => return Ok(None),
            }
        }
        SyncFailed::KIND => {
            let told: SyncFailed = event.decode()?;
            let body = format!("A synchronisation of {} could not go on. The run says why.", named(told.entity));
            (NotificationType::SyncFailed, told.run, body)
        }
        _ => return Ok(None),
    };
    let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, MANAGE_SYNC).await?;
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to,
        // It was the run.
        actor: None,
        body,
        resource: Some(run.to_string()),
        metadata: Some(json!({ "syncRunId": run })),
        letter: None,
    }))
}
