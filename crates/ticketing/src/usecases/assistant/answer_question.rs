//! An answer is made: by a job, so that it is made again where a process dies over it, and is never under way for ever.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{
    Cx, Db, Error, Result,
    db::Emit,
    id::{AssistantMessageId, TenantId},
    jobs::{self, Job, Work},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::assistant::{
        conversation::{ANSWER, ATTEMPTS, KEPT_EVERY, QUOTE, ROUNDS, SOURCES},
        events::{AnswerFailed, QuestionAnswered},
        extract::NOTHING,
        provider::{Answered, Asked, NoAnswer, Source, sources},
    },
    ports::assistant::{Conversations, Library, Listeners, Out, Provider},
    queries::assistant::work::{Waiting, lost, note, waiting},
    store::assistant::message::{AssistantFailure, AssistantState, AssistantStop, Model as Message},
};

/// The job: make this answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerQuestion {
    /// The answer.
    pub answer: AssistantMessageId,
}

impl Work for AnswerQuestion {
    const KIND: &'static str = "ticketing.answer_question";
}

/// What an answer is made with.
pub struct Desk<'a> {
    /// What it may rest on.
    pub library: &'a dyn Library,
    /// Who makes it.
    pub provider: &'a dyn Provider,
    /// Who listens.
    pub listeners: &'a dyn Listeners,
    /// How long it may take.
    pub patience: Duration,
}

/// An answer that is being written down.
struct Draft<'a> {
    listeners: &'a dyn Listeners,
    tenant: TenantId,
    answer: AssistantMessageId,
    written: Mutex<(i32, String)>,
}

impl Draft<'_> {
    fn written(&self) -> MutexGuard<'_, (i32, String)> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out for Draft<'_> {
    fn piece(&self, text: &str) {
        // PostgreSQL keeps no NUL.
        let text = text.replace('\0', "");
        if !text.is_empty() {
            self.written().1.push_str(&text);
            self.listeners.piece(self.tenant, self.answer, &text);
        }
    }

    fn anew(&self) {
        let mut written = self.written();
        if !written.1.is_empty() {
            written.0 += 1;
            written.1.clear();
            self.listeners.begin(self.tenant, self.answer, written.0);
        }
    }
}

/// Makes an answer, and ends its job with it. What cannot be answered is noted with its reason; only where the database is
/// away is the job tried again.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn answer_question(db: &Db, desk: &Desk<'_>, cx: &Cx, job: &Job) -> Result<()> {
    let work: AnswerQuestion = job.work()?;
    let Some(waiting) = waiting(&db.reader(cx).await?, work.answer).await? else { return finish(db, cx, job).await };
    let mut answer = waiting.answer.clone();
    answer.state = AssistantState::Streaming;
    answer.content = String::new();
    answer.round = job.attempts.saturating_mul(ROUNDS);
    answer.provider = Some(desk.provider.name().into());
    answer.model = desk.provider.model().map(Into::into);
    answer.updated_at = cx.now;
    if job.attempts > ATTEMPTS {
        let stopped = NoAnswer { failure: AssistantFailure::Interrupted, detail: "Frontdesk stopped under it".into() };
        return conclude(db, cx, Some(job), answer, Err(stopped), Vec::new()).await;
    }
    if !note(&db.bookkeeping(cx).await?, &answer).await? {
        return finish(db, cx, job).await;
    }
    let draft = Draft {
        listeners: desk.listeners,
        tenant: cx.tenant.id,
        answer: answer.id,
        written: Mutex::new((answer.round, String::new())),
    };
    desk.listeners.begin(cx.tenant.id, answer.id, answer.round);
    let (made, sources) = tokio::select! {
        made = make(desk, cx, &waiting, &draft) => made?,
        // Whose it is deleted the session, or another worker has the answer.
        unwanted = keep(db, cx, &answer, &draft) => {
            unwanted?;
            return finish(db, cx, job).await;
        }
    };
    (answer.round, answer.content) = draft.written().clone();
    conclude(db, cx, Some(job), answer, made, sources).await
}

async fn finish(db: &Db, cx: &Cx, job: &Job) -> Result<()> {
    db.transact(cx, "assistant.answer", |tx| async move { jobs::finish(&tx, job).await }).await
}

/// Finds what the answer may rest on, and has it made.
async fn make(
    desk: &Desk<'_>,
    cx: &Cx,
    waiting: &Waiting,
    draft: &Draft<'_>,
) -> Result<(Result<Answered, NoAnswer>, Vec<Source>)> {
    let Some(documents) = desk.library.documents(cx, waiting.asker, &waiting.question).await? else {
        let gone = NoAnswer { failure: AssistantFailure::NotAllowed, detail: "the asker may not ask any more".into() };
        return Ok((Err(gone), Vec::new()));
    };
    // Where there is nothing to answer from nobody is asked, and nothing is made up.
    if documents.is_empty() {
        draft.piece(NOTHING);
        let nothing = Answered { citations: Vec::new(), stop: AssistantStop::Complete, model: None, usage: None };
        return Ok((Ok(nothing), Vec::new()));
    }
    let asked = Asked { question: waiting.question.clone(), turns: waiting.turns.clone(), documents };
    let late = |_| {
        let detail = format!("no answer within {} s", desk.patience.as_secs());
        Err(NoAnswer { failure: AssistantFailure::TimedOut, detail })
    };
    let made = tokio::time::timeout(desk.patience, desk.provider.answer(&asked, draft)).await.unwrap_or_else(late);
    let cited = made.as_ref().map(|made| made.citations.as_slice()).unwrap_or_default();
    let sources = sources(&asked.documents, cited, SOURCES, QUOTE);
    Ok((checked(made, &draft.written().1), sources))
}

/// The answer, where it is one.
fn checked(made: Result<Answered, NoAnswer>, text: &str) -> Result<Answered, NoAnswer> {
    let made = made?;
    let no = |failure, detail: &str| Err(NoAnswer { failure, detail: detail.into() });
    match made.stop {
        AssistantStop::Refusal => no(AssistantFailure::Refused, "the provider refused"),
        _ if text.chars().count() > ANSWER => no(AssistantFailure::Unreadable, "it is too long"),
        _ if text.trim().is_empty() => no(AssistantFailure::Unreadable, "it is empty"),
        AssistantStop::Complete | AssistantStop::MaxTokens => Ok(made),
    }
}

/// Notes now and then what there is of an answer, until nobody wants it any more.
async fn keep(db: &Db, cx: &Cx, answer: &Message, draft: &Draft<'_>) -> Result<()> {
    loop {
        tokio::time::sleep(KEPT_EVERY).await;
        let mut so_far = answer.clone();
        (so_far.round, so_far.content) = draft.written().clone();
        so_far.updated_at = cx.at_present().now;
        if !note(&db.bookkeeping(cx).await?, &so_far).await? {
            return Ok(());
        }
    }
}

/// Writes down what came of a question, and tells of it.
async fn conclude(
    db: &Db,
    cx: &Cx,
    job: Option<&Job>,
    mut answer: Message,
    made: Result<Answered, NoAnswer>,
    sources: Vec<Source>,
) -> Result<()> {
    let cx = &cx.at_present();
    answer.updated_at = cx.now;
    match &made {
        Ok(made) => {
            answer.state = AssistantState::Done;
            answer.stop_reason = Some(made.stop);
            answer.model = made.model.clone().or(answer.model);
            let tokens = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
            answer.input_tokens = made.usage.map(|(read, _)| tokens(read));
            answer.output_tokens = made.usage.map(|(_, wrote)| tokens(wrote));
        }
        Err(error) => {
            tracing::warn!(tenant = %cx.tenant.slug, answer = %answer.id, %error, "a question was not answered");
            answer.state = AssistantState::Failed;
            answer.error = Some(error.failure);
            answer.stop_reason = (error.failure == AssistantFailure::Refused).then_some(AssistantStop::Refusal);
        }
    }
    let (answer, sources) = (&answer, &sources);
    db.transact(cx, "assistant.answer", |tx| async move {
        if let Some(job) = job {
            jobs::finish(&tx, job).await?;
        }
        if !tx.conclude(answer, sources).await? {
            return Ok(());
        }
        let (session, id) = (answer.session_id, answer.id);
        match answer.error {
            None => {
                let provider = answer.provider.clone().unwrap_or_default();
                tx.emit(cx, &QuestionAnswered { session, answer: id, provider, sources: sources.len() });
            }
            Some(failure) => tx.emit(cx, &AnswerFailed { session, answer: id, failure }),
        }
        Ok(())
    })
    .await
}

/// Ends answers of which nothing was heard for so long that nobody makes them any more, as where their jobs were given up.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away; the next sweep goes on.
pub async fn end_lost_answers(db: &Db, cx: &Cx, silence: TimeDelta) -> Result<()> {
    for answer in lost(&db.reader(cx).await?, cx.now - silence).await? {
        let stopped = NoAnswer { failure: AssistantFailure::Interrupted, detail: "nobody makes it any more".into() };
        match conclude(db, cx, None, answer, Err(stopped), Vec::new()).await {
            // Somebody was faster.
            Err(Error::Conflict { .. }) | Ok(()) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
