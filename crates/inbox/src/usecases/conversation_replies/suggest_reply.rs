//! A reply is suggested; by an AI task, in whose transaction it is stored.

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    db::Emit,
    id::{ConversationId, ConversationMessageId},
    jobs::Enqueue,
    record::Records,
    text::Check,
};

use super::{send::SendConversationReply, way};
use crate::{
    domain::conversation_replies::{automatic::AutomaticReplies, events::ConversationReplyAdded},
    policy::MANAGE_CONVERSATIONS,
    queries::conversation_replies::{answered_since, is_taken, lock_conversation, message_in},
    store::{
        conversation_reply::{
            ConversationReplyStatus, Entity as ConversationReplies, Model as ConversationReply, ReplySource,
        },
        conversations::{conversation::ConversationStatus, message::Direction},
    },
};

/// What is suggested for what.
#[derive(Debug, Clone)]
pub struct SuggestReply {
    /// The conversation.
    pub conversation: ConversationId,
    /// What the participant wrote.
    pub message: ConversationMessageId,
    /// And when: with its id what names its row.
    pub received_at: DateTime<Utc>,
    /// What is suggested.
    pub content: String,
    /// How sure whoever suggests it is, 0 to 1.
    pub confidence: f64,
}

/// Stores a suggested reply. Where the company lets replies go out by themselves that are so sure, and nobody answered since, it is
/// on its way with that; one for a message at the most. Whether somebody answered is looked at again when it is sent.
///
/// # Errors
/// [`Error::NotFound`] for a message that is not there; [`Error::Invalid`] at `content`, `confidence`, or at `messageId` for what
/// the company wrote itself.
pub async fn suggest_reply(
    tx: &Tx,
    cx: &Cx,
    cmd: &SuggestReply,
    automatic: AutomaticReplies,
) -> Result<ConversationReply> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let conn = tx.conn();
    let conversation = lock_conversation(tx, cmd.conversation).await?;
    let conversation = conversation.ok_or(Error::NotFound { what: "Conversation" })?;
    let message = message_in(conn, conversation.id, cmd.message, cmd.received_at).await?;
    let message = message.ok_or(Error::NotFound { what: "ConversationMessage" })?;
    let way = way(conn, &conversation).await?;
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, way.account.platform.longest());
    if !(0.0..=1.0).contains(&cmd.confidence) {
        check.problem("confidence", ProblemCode::InvalidFormat, "must be 0 to 1");
    }
    if message.direction == Direction::Outbound {
        check.problem("messageId", ProblemCode::NotAllowed, "is what the company wrote itself");
    }
    check.done()?;
    let may = automatic.allow(cmd.confidence)
        && message.deleted_at.is_none()
        && conversation.status == ConversationStatus::Active
        && way.open(conversation.last_inbound_at, cx.now, false).is_ok()
        && !is_taken(conn, message.id).await?
        && !answered_since(conn, conversation.id, message.received_at, None).await?;
    let status = if may { ConversationReplyStatus::Approved } else { ConversationReplyStatus::Pending };
    let reply = ConversationReply {
        id: cx.new_id(),
        conversation_id: conversation.id,
        message_id: Some(message.id),
        message_received_at: Some(message.received_at),
        source: ReplySource::Suggestion,
        status,
        content,
        suggested_content: None,
        confidence: Some(cmd.confidence),
        is_automatic: may,
        author_id: None,
        approved_by_id: None,
        generated_at: cx.now,
        approved_at: may.then_some(cx.now),
        sent_at: None,
        attempts: 0,
        attempted_at: None,
        next_attempt_at: None,
        error_message: None,
        platform_message_id: None,
        sent_message_id: None,
        version: 1,
        updated_at: cx.now,
    };
    Records::<ConversationReplies>::insert(tx, &reply).await?;
    if may {
        tx.enqueue(cx, &SendConversationReply { reply: reply.id }).await?;
    }
    let source = reply.source;
    tx.emit(cx, &ConversationReplyAdded { conversation: conversation.id, reply: reply.id, source, status });
    Ok(reply)
}
