//! Somebody asks the assistant. The question is kept with an answer that is to come, which a job makes.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    id::{AssistantSessionId, UserId},
    jobs::Enqueue,
    limit::Limit,
    record::{self, Records},
    text::Check,
};
use serde::{Deserialize, Serialize};

use super::answer_question::AnswerQuestion;
use crate::{
    domain::assistant::{
        conversation::{QUESTION, QUESTIONS, title_of},
        events::QuestionSent,
    },
    policy::asks,
    ports::assistant::Conversations,
    store::assistant::{
        message::{AssistantRole, AssistantState, Entity as Messages, Model as Message},
        session::{Entity as Sessions, Model as Session},
    },
};

/// A question.
#[derive(Debug, Clone)]
pub struct AskAssistant {
    /// The session that it goes on with; a new one where there is none.
    pub session: Option<AssistantSessionId>,
    /// What is asked.
    pub question: String,
    /// Whether clients may ask.
    pub for_clients: bool,
}

/// A question that was taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskedAssistant {
    /// Its session.
    pub session: Session,
    /// The question.
    pub question: Message,
    /// The answer that is to come.
    pub answer: Message,
}

/// Counts a question of somebody, of whom so many are taken in an hour.
///
/// # Errors
/// [`Error::RateLimited`]; who may not ask at all is refused as by [`ask_assistant`].
pub async fn count_question(db: &Db, cx: &Cx, for_clients: bool, an_hour: i64) -> Result<()> {
    let asker: UserId = asks(cx, for_clients)?;
    let attempts = i32::try_from(an_hour).unwrap_or(i32::MAX);
    let limit = Limit { name: "assistant questions by person", attempts, window: Duration::from_hours(1) };
    limit.count(&db.bookkeeping(cx).await?, cx, &asker.to_string()).await
}

/// Takes a question.
///
/// # Errors
/// [`Error::NotFound`] for the session; [`Error::Invalid`] for a bad question, or one more than a session takes;
/// [`Error::Conflict`] while the last answer is not there yet.
pub async fn ask_assistant<S>(s: &S, cx: &Cx, cmd: &AskAssistant) -> Result<AskedAssistant>
where
    S: Records<Sessions> + Records<Messages> + Conversations + Enqueue + Emit,
{
    let asker = asks(cx, cmd.for_clients)?;
    let mut check = Check::default();
    let content = check.body("question", &cmd.question, QUESTION);
    check.done()?;
    let session = match cmd.session {
        Some(id) => {
            let before = Records::<Sessions>::lock(s, cx, id).await?;
            if s.is_answering(id).await? {
                return Err(Error::Conflict {
                    message: "the last question is still being answered".into(),
                    retryable: true,
                });
            }
            if s.questions(id).await? >= QUESTIONS {
                let full = "the session is full; begin another one";
                return Err(Error::invalid("sessionId", ProblemCode::NotAllowed, full));
            }
            record::change::<Sessions, _>(s, cx, &before, before.clone()).await?
        }
        None => {
            let (id, title) = (cx.new_id(), title_of(&content));
            let session = Session { id, user_id: asker, title, created_at: cx.now, updated_at: cx.now };
            Records::<Sessions>::insert(s, &session).await?;
            session
        }
    };
    let question = Message {
        id: cx.new_id(),
        session_id: session.id,
        role: AssistantRole::User,
        question_id: None,
        content,
        state: AssistantState::Done,
        round: 0,
        provider: None,
        model: None,
        error: None,
        stop_reason: None,
        input_tokens: None,
        output_tokens: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let answer = Message {
        id: cx.new_id(),
        role: AssistantRole::Assistant,
        question_id: Some(question.id),
        content: String::new(),
        state: AssistantState::Pending,
        ..question.clone()
    };
    Records::<Messages>::insert(s, &question).await?;
    Records::<Messages>::insert(s, &answer).await?;
    s.enqueue(cx, &AnswerQuestion { answer: answer.id }).await?;
    s.emit(cx, &QuestionSent { session: session.id, question: question.id, answer: answer.id });
    Ok(AskedAssistant { session, question, answer })
}
