//! Sessions with the assistant and what is said in them.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{AssistantMessageId, AssistantSessionId, GuideId, HelpDocumentId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{errors::Result, identity::IntoId, loaders::SourcesOf, records::nested, scope::scope},
};

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::AssistantRole")]
pub enum AssistantRole {
    /// Whoever asks.
    User,
    /// The assistant.
    Assistant,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::AssistantState")]
pub enum AssistantMessageState {
    /// The answer is not begun yet.
    Pending,
    /// It is being made.
    Streaming,
    /// It is whole. A question always is.
    Done,
    /// There will be no more of it.
    Failed,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::AssistantFailure")]
pub enum AssistantFailure {
    /// The provider is away or overloaded; ask again later.
    Unavailable,
    /// It took too long.
    TimedOut,
    /// The provider was asked too often; ask again later.
    RateLimited,
    /// What may be spent at the provider is spent.
    LimitReached,
    /// The provider does not take what Frontdesk asks: whoever keeps Frontdesk has to look.
    Misconfigured,
    /// The provider does not answer such a question.
    Refused,
    /// What the provider said is no answer.
    Unreadable,
    /// Frontdesk stopped while it was made, more than once.
    Interrupted,
    /// Whoever asked may not ask any more.
    NotAllowed,
}

/// Why an answer ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::AssistantStop")]
pub enum AssistantStopReason {
    /// All is said.
    Complete,
    /// It was cut off at its longest.
    MaxTokens,
    /// The provider would not go on.
    Refusal,
}

/// What kind of document a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "ticketing::SourceKind")]
pub enum AssistantSourceKind {
    /// A guide of the help centre.
    Guide,
    /// A help document.
    HelpDocument,
}

/// A session with the assistant. Nobody but its owner sees it, whatever they may.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AssistantSession {
    /// Its id, `ass_…`.
    pub id: ID,
    /// What it is about: the beginning of the first question.
    pub title: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When something was last asked or answered.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: AssistantSessionId,
}

impl From<ticketing::AssistantSession> for AssistantSession {
    fn from(session: ticketing::AssistantSession) -> Self {
        Self {
            id: session.id.into_id(),
            title: session.title,
            created_at: session.created_at,
            updated_at: session.updated_at,
            key: session.id,
        }
    }
}

#[ComplexObject]
impl AssistantSession {
    /// What was said in it, the oldest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AssistantMessageConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(nested(ctx, ticketing::Said, self.key, page).await?.into())
    }
}

/// A question or an answer.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AssistantMessage {
    /// Its id, `asm_…`.
    pub id: ID,
    /// The id of its session, `ass_…`.
    pub session_id: ID,
    /// Who says it.
    pub role: AssistantRole,
    /// Of an answer, the id of the question.
    pub question_id: Option<ID>,
    /// The text; of an answer under way what there is of it, up to a second late. It is plain text: show it as that.
    pub content: String,
    /// How far it is.
    pub state: AssistantMessageState,
    /// Why there is no answer.
    pub failure: Option<AssistantFailure>,
    /// Why the answer ends where it does.
    pub stop_reason: Option<AssistantStopReason>,
    /// Who made the answer: `builtin` or `anthropic`.
    pub provider: Option<String>,
    /// With which model.
    pub model: Option<String>,
    /// What the provider read for it, in tokens.
    pub input_tokens: Option<i32>,
    /// What it wrote, in tokens.
    pub output_tokens: Option<i32>,
    /// When it was said, or asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: AssistantMessageId,
    #[graphql(skip)]
    rests: bool,
}

impl From<ticketing::AssistantMessage> for AssistantMessage {
    fn from(message: ticketing::AssistantMessage) -> Self {
        Self {
            id: message.id.into_id(),
            session_id: message.session_id.into_id(),
            role: message.role.into(),
            question_id: message.question_id.map(IntoId::into_id),
            rests: message.state == ticketing::AssistantState::Done,
            content: message.content,
            state: message.state.into(),
            failure: message.error.map(Into::into),
            stop_reason: message.stop_reason.map(Into::into),
            provider: message.provider,
            model: message.model,
            input_tokens: message.input_tokens,
            output_tokens: message.output_tokens,
            created_at: message.created_at,
            updated_at: message.updated_at,
            key: message.id,
        }
    }
}

#[ComplexObject]
impl AssistantMessage {
    /// What the answer rests on, as it was then: guides and help documents that its owner could see.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<AssistantSource>> {
        if !self.rests {
            return Ok(Vec::new());
        }
        let found = scope(ctx).loaders.load_one(SourcesOf(self.key)).await?;
        Ok(found.iter().flat_map(|found| found.iter().cloned()).map(Into::into).collect())
    }
}

connection!(
    AssistantSessionConnection,
    AssistantSessionEdge,
    AssistantSession,
    ticketing::AssistantSession,
    "sessions with the assistant"
);
connection!(
    AssistantMessageConnection,
    AssistantMessageEdge,
    AssistantMessage,
    ticketing::AssistantMessage,
    "questions and answers"
);

/// A passage that an answer rests on, as it was when the answer was made.
#[derive(Debug, Clone, SimpleObject)]
pub struct AssistantSource {
    /// What kind of document.
    pub kind: AssistantSourceKind,
    /// Its id, for `node(id:)`: the document may have changed, or be gone.
    pub document_id: ID,
    /// Its title.
    pub title: String,
    /// The passage.
    pub quote: String,
    /// Where it began in the document's text, in characters.
    pub starts_at: i32,
    /// Where it ended.
    pub ends_at: i32,
}

impl From<ticketing::AssistantSource> for AssistantSource {
    fn from(source: ticketing::AssistantSource) -> Self {
        Self {
            document_id: match source.kind {
                ticketing::SourceKind::Guide => GuideId(source.document_id).into_id(),
                ticketing::SourceKind::HelpDocument => HelpDocumentId(source.document_id).into_id(),
            },
            kind: source.kind.into(),
            title: source.title,
            quote: source.quote,
            starts_at: source.starts_at,
            ends_at: source.ends_at,
        }
    }
}
