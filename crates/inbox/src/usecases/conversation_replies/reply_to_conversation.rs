//! A colleague answers in a conversation.

use kernel::{Cx, Result, Tx, db::Emit, id::ConversationId, jobs::Enqueue, record::Records, text::Check};

use super::{send::SendConversationReply, way};
use crate::{
    domain::conversation_replies::events::ConversationReplyAdded,
    policy::MANAGE_CONVERSATIONS,
    ports::Drafts,
    queries::conversation_replies::last_inbound,
    store::{
        conversation_reply::{
            ConversationReplyStatus, Entity as ConversationReplies, Model as ConversationReply, ReplySource,
        },
        conversations::conversation::Entity as Conversations,
    },
};

/// What is answered where.
#[derive(Debug, Clone)]
pub struct ReplyToConversation {
    /// The conversation.
    pub conversation: ConversationId,
    /// The answer.
    pub content: String,
}

/// Queues a reply, and removes the draft that it was, in one transaction. What was suggested and not yet begun to be sent does not
/// go out after it.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] at `content` for a bad text, and at `conversationId` where the
/// platform takes no reply any more, or the account is not connected, or the conversation is closed.
pub async fn reply_to_conversation(tx: &Tx, cx: &Cx, cmd: &ReplyToConversation) -> Result<ConversationReply> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let conversation = Records::<Conversations>::lock(tx, cx, cmd.conversation).await?;
    let way = way(tx.conn(), &conversation).await?;
    let mut check = Check::default();
    let content = check.body("content", &cmd.content, way.account.platform.longest());
    check.done()?;
    way.check("conversationId", &conversation, cx.now)?;
    let answered = last_inbound(tx.conn(), conversation.id).await?;
    let reply = ConversationReply {
        id: cx.new_id(),
        conversation_id: conversation.id,
        message_id: answered.as_ref().map(|message| message.id),
        message_received_at: answered.as_ref().map(|message| message.received_at),
        source: ReplySource::Person,
        status: ConversationReplyStatus::Approved,
        content,
        suggested_content: None,
        confidence: None,
        is_automatic: false,
        author_id: cx.staff_id(),
        approved_by_id: cx.staff_id(),
        generated_at: cx.now,
        approved_at: Some(cx.now),
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
    if let Some(staff) = cx.staff_id() {
        tx.forget(staff, conversation.id.into()).await?;
    }
    tx.enqueue(cx, &SendConversationReply { reply: reply.id }).await?;
    let (source, status) = (reply.source, reply.status);
    tx.emit(cx, &ConversationReplyAdded { conversation: conversation.id, reply: reply.id, source, status });
    Ok(reply)
}
