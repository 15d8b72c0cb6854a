//! One session, followed: its events by their sequence, and between them the pieces of the answer that is being made.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, stream};
use kernel::{
    Cx, Error, ProblemCode,
    events::{Event, Follower, Interest, Outbox, Stored},
    id::{AssistantMessageId, AssistantSessionId},
    record::{by_ids, visible_ids},
};
use ticketing::{
    ASSISTANT, AnswerFailed, AssistantMessage, QuestionAnswered, QuestionSent, SessionDeleted, asks_for_themselves,
    records::{AssistantMessages, AssistantSessions},
};
use tokio::sync::watch;

use super::events::{AssistantAnswerFinished, AssistantAnswerPiece, AssistantEvent, AssistantQuestionSent};
use crate::graphql::{
    errors::{Fault, Result},
    identity::IntoId,
    scope::Scope,
};

/// How often a silent stream looks: whether its session still may listen, and for pieces that did not arrive.
const LOOK: Duration = Duration::from_secs(1);
/// How long somebody is believed to see the session.
const BELIEVED: TimeDelta = TimeDelta::seconds(2);

/// The answer that is being made, and how much of it was told.
struct Current {
    answer: AssistantMessageId,
    changes: watch::Receiver<()>,
    /// In which round; none was told before the first.
    round: Option<i32>,
    /// How much of the text, in bytes.
    told: usize,
}

struct Listening<'a> {
    scope: &'a Scope,
    session: AssistantSessionId,
    follower: Follower,
    current: Option<Current>,
    ready: VecDeque<AssistantEvent>,
    /// Answers that were told to be finished.
    finished: HashSet<AssistantMessageId>,
    looked: DateTime<Utc>,
    /// The session was deleted.
    gone: bool,
    over: bool,
}

impl Listening<'_> {
    /// The next event; `None` once the session is gone.
    async fn next(&mut self) -> kernel::Result<Option<AssistantEvent>> {
        loop {
            let cx = self.scope.app.renewed(&self.scope.cx(), self.scope.credential.as_ref()).await?;
            asks_for_themselves(&cx)?;
            self.scope.renew(cx.clone());
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            if self.gone {
                return Ok(None);
            }
            let stored = self.follower.read(&self.scope.app.db, &cx).await?;
            if !stored.is_empty() {
                self.take(&cx, &stored).await?;
                continue;
            }
            if let Some(piece) = self.piece(&cx) {
                return Ok(Some(piece));
            }
            let woken = async {
                match &mut self.current {
                    Some(current) => tokio::select! {
                        () = self.follower.changed() => {}
                        _ = current.changes.changed() => {}
                    },
                    None => self.follower.changed().await,
                }
            };
            if tokio::time::timeout(LOOK, woken).await.is_err() {
                self.look(&cx).await?;
            }
        }
    }

    /// Looks whether the session is still there, and for what is stored of the answer that is being made: pieces of it may have got
    /// lost between processes.
    async fn look(&mut self, cx: &Cx) -> kernel::Result<()> {
        let conn = self.scope.app.db.reader(cx).await?;
        if cx.now - self.looked > BELIEVED {
            self.gone = visible_ids::<AssistantSessions>(&conn, cx, &[self.session]).await?.is_empty();
            self.looked = cx.now;
        }
        if let Some(current) = &self.current {
            let found = by_ids::<AssistantMessages>(&conn, cx, &[current.answer]).await?.remove(&current.answer);
            if let Some(found) = found.filter(|found| found.state.is_under_way()) {
                self.scope.app.answers.learn(cx.tenant.id, found.id, found.round, &found.content);
            }
        }
        Ok(())
    }

    /// What there is of the answer beyond what was told.
    fn piece(&mut self, cx: &Cx) -> Option<AssistantEvent> {
        let current = self.current.as_mut()?;
        current.changes.mark_unchanged();
        let (round, text) = self.scope.app.answers.so_far(cx.tenant.id, current.answer)?;
        let from_the_beginning = current.round != Some(round);
        // That it began anew is told where something of it was shown.
        let void = from_the_beginning && (current.round.is_none() || current.told > 0);
        if from_the_beginning {
            (current.round, current.told) = (Some(round), 0);
        }
        let more = text.get(current.told..).unwrap_or_default();
        if more.is_empty() && !void {
            return None;
        }
        current.told = text.len();
        Some(AssistantEvent::AssistantAnswerPiece(AssistantAnswerPiece {
            session_id: self.session.into_id(),
            message_id: current.answer.into_id(),
            text: more.to_owned(),
            from_the_beginning,
        }))
    }

    /// Begins to tell an answer, or tells that it is finished.
    fn answer(&mut self, cx: &Cx, answer: &AssistantMessage) {
        if !answer.state.is_under_way() || self.current.as_ref().is_some_and(|current| current.answer == answer.id) {
            return;
        }
        let answers = &self.scope.app.answers;
        let changes = answers.watch(cx.tenant.id, answer.id);
        answers.learn(cx.tenant.id, answer.id, answer.round, &answer.content);
        self.current = Some(Current { answer: answer.id, changes, round: None, told: 0 });
    }

    fn finish(&mut self, answer: AssistantMessage, sequence: Option<String>) {
        if self.current.as_ref().is_some_and(|current| current.answer == answer.id) {
            self.current = None;
        }
        if self.finished.insert(answer.id) {
            self.ready.push_back(AssistantEvent::AssistantAnswerFinished(AssistantAnswerFinished {
                session_id: self.session.into_id(),
                sequence,
                at: answer.updated_at,
                message: Box::new(answer.into()),
            }));
        }
    }

    /// Makes of stored events what is told of them, with the messages as they are now.
    async fn take(&mut self, cx: &Cx, stored: &[Arc<Stored>]) -> kernel::Result<()> {
        let mut ids = Vec::new();
        for event in stored {
            match event.kind.as_str() {
                QuestionSent::KIND => {
                    let event: QuestionSent = event.decode()?;
                    ids.extend([event.question, event.answer]);
                }
                QuestionAnswered::KIND => ids.push(event.decode::<QuestionAnswered>()?.answer),
                AnswerFailed::KIND => ids.push(event.decode::<AnswerFailed>()?.answer),
                _ => {}
            }
        }
        let conn = self.scope.app.db.reader(cx).await?;
        let found: HashMap<_, _> = by_ids::<AssistantMessages>(&conn, cx, &ids).await?;
        for stored in stored {
            let sequence = stored.sequence.unwrap_or_default().to_string();
            match stored.kind.as_str() {
                QuestionSent::KIND => {
                    let event: QuestionSent = stored.decode()?;
                    let (question, answer) = (found.get(&event.question), found.get(&event.answer));
                    self.ready.push_back(AssistantEvent::AssistantQuestionSent(AssistantQuestionSent {
                        session_id: self.session.into_id(),
                        sequence,
                        at: stored.at,
                        question: question.cloned().map(|question| Box::new(question.into())),
                        answer: answer.cloned().map(|answer| Box::new(answer.into())),
                    }));
                    if let Some(answer) = answer {
                        self.answer(cx, answer);
                    }
                }
                QuestionAnswered::KIND | AnswerFailed::KIND => {
                    let id = match stored.kind.as_str() {
                        QuestionAnswered::KIND => stored.decode::<QuestionAnswered>()?.answer,
                        _ => stored.decode::<AnswerFailed>()?.answer,
                    };
                    if let Some(answer) = found.get(&id).cloned() {
                        self.finish(answer, Some(sequence));
                    }
                }
                SessionDeleted::KIND => self.gone = true,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Follows one of the actor's own sessions.
///
/// # Errors
/// [`Error::NotFound`] for any other session; [`Error::Invalid`] for what is not the sequence of an event.
pub async fn listen<'a>(
    scope: &'a Scope,
    session: AssistantSessionId,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<AssistantEvent>> + 'a> {
    let cx = scope.cx();
    asks_for_themselves(&cx)?;
    let (app, tenant) = (&scope.app, cx.tenant.id);
    let head = app.db.outbox().head(&app.db, &cx).await?;
    let from = match after.as_deref() {
        None => head,
        Some("0") => Outbox::before_oldest(&app.db, &cx).await?.unwrap_or(head),
        Some(text) => text.parse::<i64>().ok().filter(|after| (0..=head).contains(after)).ok_or_else(|| {
            Error::invalid("after", ProblemCode::InvalidFormat, "is not the sequence of an event of this tenant")
        })?,
    };
    let interest = Interest::one_of(ASSISTANT, session.0);
    let follower = app.db.outbox().hub().follow(tenant, interest, from, head);
    let conn = app.db.reader(&cx).await?;
    if visible_ids::<AssistantSessions>(&conn, &cx, &[session]).await?.is_empty() {
        return Err(Error::NotFound { what: "AssistantSession" }.into());
    }
    let newest = ticketing::newest_answer(&conn, &cx, session).await?;
    drop(conn);
    let mut listening = Listening {
        scope,
        session,
        follower,
        current: None,
        ready: VecDeque::new(),
        finished: HashSet::new(),
        looked: cx.now,
        gone: false,
        over: false,
    };
    if let Some(newest) = newest {
        if newest.state.is_under_way() {
            listening.answer(&cx, &newest);
        } else if after.is_none() {
            listening.finish(newest, None);
        }
    }
    Ok(stream::unfold(listening, async |mut listening| {
        if listening.over {
            return None;
        }
        let next = listening.next().await.transpose()?;
        listening.over = next.is_err();
        Some((next.map_err(Fault::from), listening))
    }))
}
