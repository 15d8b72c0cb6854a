//! What happens in one session with the assistant.

use async_graphql::{Context, ID, Interface, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;

use super::{live::listen, types::AssistantMessage};
use crate::graphql::{errors::Result, scalars::id, scope::scope};

/// Something that happened in a session.
#[derive(Interface)]
#[graphql(field(name = "session_id", ty = "&ID", desc = "The session's id, `ass_…`."))]
pub enum AssistantEvent {
    /// Something was asked.
    AssistantQuestionSent(AssistantQuestionSent),
    /// There is more of an answer.
    AssistantAnswerPiece(AssistantAnswerPiece),
    /// An answer is whole, or there will be none.
    AssistantAnswerFinished(AssistantAnswerFinished),
}

/// Something was asked, here or in another window.
#[derive(SimpleObject)]
pub struct AssistantQuestionSent {
    /// The session's id, `ass_…`.
    pub session_id: ID,
    /// The number of the event, without gaps in the tenant. Resume after it with `after`.
    pub sequence: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The question; null where it is gone.
    pub question: Option<Box<AssistantMessage>>,
    /// The answer, as far as it is now; null where it is gone.
    pub answer: Option<Box<AssistantMessage>>,
}

/// There is more of an answer. Pieces are kept nowhere: whoever comes late, or back, gets what there is so far in one, and the rest
/// as it comes.
#[derive(SimpleObject)]
pub struct AssistantAnswerPiece {
    /// The session's id, `ass_…`.
    pub session_id: ID,
    /// The answer's id, `asm_…`.
    pub message_id: ID,
    /// The text.
    pub text: String,
    /// Whether it is the text from its beginning, in the place of what was shown of it; else it comes behind that.
    pub from_the_beginning: bool,
}

/// An answer is whole, or there will be none: see its `state`.
#[derive(SimpleObject)]
pub struct AssistantAnswerFinished {
    /// The session's id, `ass_…`.
    pub session_id: ID,
    /// The number of the event; null where it is told because somebody began to listen.
    pub sequence: Option<String>,
    /// When it was finished.
    pub at: DateTime<Utc>,
    /// The answer.
    pub message: Box<AssistantMessage>,
}

/// Sessions with the assistant, live.
#[derive(Default)]
pub struct AssistantSubscription;

#[Subscription]
impl AssistantSubscription {
    /// What happens in one of the viewer's own sessions with the assistant. Where `after` is not given the newest answer comes
    /// first: what there is of it, or all of it. With `after`, the events that were missed come first. The stream ends when the
    /// session is deleted.
    async fn assistant_events<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "The session, `ass_…`.")] session_id: ID,
        #[graphql(desc = "The `sequence` of the last event seen; \"0\" for all that is kept.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<AssistantEvent>> + 'ctx> {
        listen(scope(ctx), id("sessionId", &session_id)?, after).await
    }
}
