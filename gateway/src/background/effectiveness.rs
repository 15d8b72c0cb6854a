//! Analyses of chats: batches go on, and who began one is told that it is over.

use analytics_sync::{AnalystBench, BatchFinished, BatchState, run_effectiveness_batch};
use identity::{Notice, NotificationType};
use kernel::{
    Cx, Result,
    events::{Event, Stored},
    jobs::Job,
};
use serde_json::json;

use crate::wiring::{
    app::App,
    effectiveness::{Purse, wanted},
};

/// Goes on with a batch.
///
/// # Errors
/// Of ours only: it is tried again.
pub async fn run(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let bench = AnalystBench {
        is_on: app.settings.boolean(cx, identity::AI_ENABLED).await?,
        analysts: &app.ai.analysts,
        purse: &Purse { price: app.ai.price, daily: app.settings.whole(cx, identity::AI_DAILY_TOKENS).await? },
        patience: app.ai.patience,
        wanted: wanted(app, cx).await?,
    };
    run_effectiveness_batch(&app.db, &bench, cx, job).await
}

/// What an event tells who began a batch.
///
/// # Errors
/// [`kernel::Error::Internal`] for an event that cannot be read.
pub fn notice(event: &Stored) -> Result<Option<Notice>> {
    if event.kind != BatchFinished::KIND {
        return Ok(None);
    }
    let BatchFinished { batch, state, by, done, cached, failed, left, .. } = event.decode()?;
    let Some(who) = by else { return Ok(None) };
    let how = match state {
        BatchState::OutOfBudget => "stopped, as the next chat might cost more than is left of its budget",
        BatchState::Failed => "cannot go on; it says why",
        BatchState::Running | BatchState::Done | BatchState::Cancelled => "is over",
    };
    let body = format!(
        "A batch of analyses {how}. Analysed: {done}. Already analysed: {cached}. Not analysed: {failed}. Left: {left}."
    );
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind: NotificationType::EffectivenessBatchFinished,
        to: vec![who],
        // It was Frontdesk, on their behalf.
        actor: None,
        body,
        resource: Some(batch.to_string()),
        metadata: Some(json!({ "effectivenessBatchId": batch })),
        letter: None,
    }))
}
