//! Asking the assistant.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use kernel::id::AssistantSessionId;
use ticketing::{AskAssistant, AskedAssistant, ask_assistant, delete_assistant_session};

use super::types::{AssistantMessage, AssistantSession};
use crate::{
    graphql::{
        errors::{Result, UserError},
        identity::IntoId,
        records::write,
        scalars::id,
        scope::scope,
    },
    payload,
};

/// A question for the assistant.
#[derive(Clone, InputObject)]
pub struct AskAssistantInput {
    /// The session that it goes on with, `ass_…`; a new one where null.
    pub session_id: Option<ID>,
    /// What is asked, 1–4,000 characters.
    pub question: String,
}

/// What came of asking.
#[derive(SimpleObject)]
pub struct AskAssistantPayload {
    /// The session.
    pub session: Option<AssistantSession>,
    /// The question, as it is kept.
    pub question: Option<AssistantMessage>,
    /// The answer that is to come: follow it with `assistantEvents`.
    pub answer: Option<AssistantMessage>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

impl From<(Option<AskedAssistant>, Vec<UserError>)> for AskAssistantPayload {
    fn from((asked, errors): (Option<AskedAssistant>, Vec<UserError>)) -> Self {
        let Some(AskedAssistant { session, question, answer }) = asked else {
            return Self { session: None, question: None, answer: None, errors };
        };
        Self { session: Some(session.into()), question: Some(question.into()), answer: Some(answer.into()), errors }
    }
}

/// A session is to be deleted.
#[derive(Clone, InputObject)]
pub struct DeleteAssistantSessionInput {
    /// Which, `ass_…`.
    pub session_id: ID,
}

payload! {
    /// What came of deleting a session.
    DeleteAssistantSessionPayload {
        /// The id of the session that is gone.
        session_id: ID as ID
    }
}

/// Asking the assistant.
#[derive(Default)]
pub struct AssistantMutation;

#[Object]
impl AssistantMutation {
    /// Asks the assistant, which answers from the guides and published help documents that the viewer may see, and says what it
    /// rests on. The answer comes by `assistantEvents`. One question at a time in a session; so many in an hour as the company
    /// says. Staff take the permission USE_ASSISTANT; clients may ask unless the company's setting `assistant.for_clients` says
    /// otherwise. Not for API keys.
    async fn ask_assistant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AskAssistantInput,
    ) -> Result<AskAssistantPayload> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let for_clients = scope.app.settings.boolean(&cx, identity::ASSISTANT_FOR_CLIENTS).await?;
        let session = input.session_id.as_ref().map(|session| id("input.sessionId", session)).transpose()?;
        if scope.app.rate_limits && ticketing::asks(&cx, for_clients).is_ok() {
            let an_hour = scope.app.settings.whole(&cx, identity::ASSISTANT_QUESTIONS_PER_HOUR).await?;
            ticketing::count_question(&scope.app.db, &cx, for_clients, an_hour).await?;
        }
        let cmd = AskAssistant { session, question: input.question, for_clients };
        let asked = write(ctx, "assistant.ask", cmd, |tx, cx, cmd| async move { ask_assistant(&tx, &cx, &cmd).await });
        Ok(asked.await?.into())
    }

    /// Deletes one of the viewer's own sessions with all that was said in it; an answer under way in it ends. It cannot be
    /// brought back.
    async fn delete_assistant_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DeleteAssistantSessionInput,
    ) -> Result<DeleteAssistantSessionPayload> {
        let session: AssistantSessionId = id("input.sessionId", &input.session_id)?;
        let deleted = write(ctx, "assistant.delete_session", session, |tx, cx, session| async move {
            delete_assistant_session(&tx, &cx, *session).await
        });
        let (gone, errors) = deleted.await?;
        Ok((gone.map(IntoId::into_id), errors).into())
    }
}
