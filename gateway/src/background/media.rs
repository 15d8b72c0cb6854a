//! Images and files that B2Chat points at are copied, and those are told who keep the synchronisation where there is no room.

use analytics_sync::{B2chatMediaStopped, MANAGE_SYNC, MediaRules, copy_media, media_wait};
use chrono::TimeDelta;
use identity::{Notice, NotificationType};
use kernel::{
    Cx, Error, Result,
    events::{Event, Stored},
    jobs::Job,
};

use crate::wiring::app::App;

/// Copies what is due.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn copy(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let rules = rules(app, cx).await?;
    copy_media(&app.db, &app.files, app.media.as_ref(), rules, cx, job).await
}

/// As the company wants its copies.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn rules(app: &App, cx: &Cx) -> Result<MediaRules> {
    let most = app.settings.whole(cx, identity::B2CHAT_MEDIA_MAX_BYTES).await?;
    Ok(MediaRules {
        is_on: app.settings.boolean(cx, identity::B2CHAT_MEDIA_BACKUP).await?,
        most: u64::try_from(most).unwrap_or_default(),
        // Fetching takes longer than a beat of the lease.
        own: TimeDelta::from_std(app.schedule.lease * 2).map_err(Error::internal)?,
    })
}

/// Wakes who copies, where something waits that nobody is awake for: it was switched on again, say.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn wake(app: &App, cx: &Cx) -> Result<()> {
    if !app.settings.boolean(cx, identity::B2CHAT_MEDIA_BACKUP).await? {
        return Ok(());
    }
    app.db.transact(cx, "b2chat_media.wake", |tx| async move { media_wait(&tx, cx).await }).await
}

/// What an event tells those who keep the synchronisation.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn notices(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    if event.kind != B2chatMediaStopped::KIND {
        return Ok(None);
    }
    let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, MANAGE_SYNC).await?;
    let body =
        "There is no room left for copies of images and files that B2Chat points at. They wait until there is some.";
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind: NotificationType::B2chatMediaStopped,
        to,
        // Nobody did it.
        actor: None,
        body: body.to_owned(),
        resource: None,
        metadata: None,
        letter: None,
    }))
}
