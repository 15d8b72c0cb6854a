//! What the assistant needs: the conversations, documents to answer from, somebody who answers, and those who listen.

use kernel::{
    Cx, Result,
    id::{AssistantMessageId, AssistantSessionId, TenantId, UserId},
};

use crate::{
    domain::assistant::provider::{Answered, Asked, Document, NoAnswer, Source},
    store::assistant::message::Model as Message,
};

/// The conversations in an open transaction.
pub trait Conversations {
    /// Whether an answer of the session is under way.
    async fn is_answering(&self, session: AssistantSessionId) -> Result<bool>;
    /// How many questions the session has.
    async fn questions(&self, session: AssistantSessionId) -> Result<u64>;
    /// Removes a session with all that was said in it.
    async fn remove(&self, session: AssistantSessionId) -> Result<()>;
    /// Ends an answer under way with its sources; says whether it was still there and still under way.
    async fn conclude(&self, answer: &Message, sources: &[Source]) -> Result<bool>;
}

/// The guides and help documents.
#[async_trait::async_trait]
pub trait Library: Send + Sync {
    /// The documents that a question is about, the best first, of those that the asker may see; `None` where they may not ask
    /// any more.
    ///
    /// # Errors
    /// [`kernel::Error::Unavailable`] where the database is away.
    async fn documents(&self, cx: &Cx, asker: UserId, question: &str) -> Result<Option<Vec<Document>>>;
}

/// Where an answer goes, piece by piece.
pub trait Out: Send + Sync {
    /// More of it.
    fn piece(&self, text: &str);
    /// What went out is void; it begins anew.
    fn anew(&self);
}

/// Somebody who answers.
#[async_trait::async_trait]
pub trait Provider: Send + Sync {
    /// What it is called.
    fn name(&self) -> &'static str;
    /// Which model it asks, where it has several.
    fn model(&self) -> Option<&str>;
    /// Answers. The text goes out as it comes; what is returned is what else there is to know of it.
    ///
    /// # Errors
    /// Why there is no answer.
    async fn answer(&self, asked: &Asked, out: &dyn Out) -> Result<Answered, NoAnswer>;
}

/// Those who listen to answers under way, in whichever process. Nothing of it is stored.
pub trait Listeners: Send + Sync {
    /// An answer is begun, or begun anew.
    fn begin(&self, tenant: TenantId, answer: AssistantMessageId, round: i32);
    /// More of it.
    fn piece(&self, tenant: TenantId, answer: AssistantMessageId, text: &str);
}
