//! A reply that was given up is tried again.

use kernel::{Cx, Error, Result, Tx, id::ConversationReplyId, jobs::Enqueue, record::Records};

use super::{
    become_of,
    decide::not_now,
    send::{SendConversationReply, found, sent_text},
    way,
};
use crate::{
    policy::MANAGE_CONVERSATIONS,
    queries::conversation_replies::{echo, lock_conversation},
    store::conversation_reply::{ConversationReplyStatus, Entity as ConversationReplies, Model as ConversationReply},
};

/// Tries a reply again. Where the platform had taken it after all and told so since, it is noted as sent and nothing is sent.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `conversationReplyId` where it was not given up, or the platform takes no reply any
/// more.
pub async fn retry_conversation_reply(tx: &Tx, cx: &Cx, id: ConversationReplyId) -> Result<ConversationReply> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let before = Records::<ConversationReplies>::lock(tx, cx, id).await?;
    if before.status != ConversationReplyStatus::Failed {
        return Err(not_now("was not given up"));
    }
    if let Some(message) = echo(tx.conn(), &before, &sent_text(&before)).await? {
        return become_of(tx, cx, &before, found(&before, &message)).await;
    }
    let conversation = lock_conversation(tx, before.conversation_id).await?;
    let conversation = conversation.ok_or(Error::NotFound { what: "Conversation" })?;
    way(tx.conn(), &conversation).await?.check("conversationReplyId", &conversation, cx.now)?;
    let mut after = before.clone();
    after.status = ConversationReplyStatus::Approved;
    after.approved_by_id = cx.staff_id().or(after.approved_by_id);
    after.is_automatic = false;
    after.attempted_at = None;
    after.next_attempt_at = None;
    after.error_message = None;
    let after = become_of(tx, cx, &before, after).await?;
    tx.enqueue(cx, &SendConversationReply { reply: after.id }).await?;
    Ok(after)
}
