//! Answers of the assistant: they are made here, and told to other processes as they come.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use kernel::{
    Cx, Result,
    db::say,
    jobs::{self, Job},
};
use ticketing::AssistantDesk;

use crate::wiring::{app::App, library::HelpLibrary};

/// How long pieces are gathered before the other processes are told of them.
const GATHER: Duration = Duration::from_millis(30);
/// How long a question waits where enough others are answered.
const NEXT_PLACE: TimeDelta = TimeDelta::milliseconds(500);

/// Tells other processes what there is of the answers that are made here. What cannot be told is read by them where it is kept.
pub async fn recite(app: Arc<App>) {
    loop {
        app.answers.untold().await;
        // What comes in a moment is told together.
        tokio::time::sleep(GATHER).await;
        for words in app.answers.untold_words() {
            if let Err(error) = say(&app.db, words).await {
                tracing::debug!(?error, "other processes do not hear an answer");
            }
        }
    }
}

/// Makes an answer, where there is a place for it.
pub async fn make(app: &App, cx: &Cx, job: &Job) -> Result<()> {
    let Some(_place) = app.answers.place(cx.tenant.id) else {
        return jobs::put_back(&app.db.bookkeeping(cx).await?, job, cx.now + NEXT_PLACE).await;
    };
    let desk = AssistantDesk {
        library: &HelpLibrary(app),
        provider: app.assistant.provider.as_ref(),
        listeners: &app.answers,
        patience: app.assistant.patience,
    };
    ticketing::answer_question(&app.db, &desk, cx, job).await
}
