//! Somebody says whether a suggested reply is sent.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx, id::ConversationReplyId, jobs::Enqueue, record::Records, text::Check,
};

use super::{become_of, send::SendConversationReply, way};
use crate::{
    policy::MANAGE_CONVERSATIONS,
    queries::conversation_replies::lock_conversation,
    store::conversation_reply::{ConversationReplyStatus, Entity as ConversationReplies, Model as ConversationReply},
};

/// A suggestion is to be sent.
#[derive(Debug, Clone)]
pub struct ApproveConversationReply {
    /// The reply.
    pub reply: ConversationReplyId,
    /// What is sent instead of what was suggested.
    pub content: Option<String>,
}

pub(super) fn not_now(why: &str) -> Error {
    Error::invalid("conversationReplyId", ProblemCode::NotAllowed, why)
}

/// Has a suggestion sent, as it is or as somebody put it; what was suggested is kept beside that.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `conversationReplyId` where it is not pending, another one for its message is sent,
/// or the platform takes no reply any more; at `content` for a bad text.
pub async fn approve_conversation_reply(tx: &Tx, cx: &Cx, cmd: &ApproveConversationReply) -> Result<ConversationReply> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let before = Records::<ConversationReplies>::lock(tx, cx, cmd.reply).await?;
    if before.status != ConversationReplyStatus::Pending {
        return Err(not_now("is not pending any more"));
    }
    let conversation = lock_conversation(tx, before.conversation_id).await?;
    let conversation = conversation.ok_or(Error::NotFound { what: "Conversation" })?;
    let way = way(tx.conn(), &conversation).await?;
    let mut after = before.clone();
    let mut check = Check::default();
    let wanted = cmd.content.as_ref().unwrap_or(&before.content);
    let content = check.body("content", wanted, way.account.platform.longest());
    check.done()?;
    way.check("conversationReplyId", &conversation, cx.now)?;
    if content != before.content {
        after.suggested_content = Some(before.content.clone());
        after.content = content;
    }
    after.status = ConversationReplyStatus::Approved;
    after.approved_by_id = cx.staff_id();
    after.approved_at = Some(cx.now);
    let after = become_of(tx, cx, &before, after).await?;
    tx.enqueue(cx, &SendConversationReply { reply: after.id }).await?;
    Ok(after)
}

/// Says that a reply is not sent: a suggestion, or one that waits and was not begun.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `conversationReplyId` where it is sent, given up, or on its way.
pub async fn reject_conversation_reply(tx: &Tx, cx: &Cx, id: ConversationReplyId) -> Result<ConversationReply> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let before = Records::<ConversationReplies>::lock(tx, cx, id).await?;
    match before.status {
        ConversationReplyStatus::Rejected => return Ok(before),
        ConversationReplyStatus::Pending => {}
        ConversationReplyStatus::Approved if before.attempted_at.is_none() => {}
        ConversationReplyStatus::Approved => return Err(not_now("is on its way already")),
        ConversationReplyStatus::Sent => return Err(not_now("is sent already")),
        ConversationReplyStatus::Failed => return Err(not_now("was given up already")),
    }
    let mut after = before.clone();
    after.status = ConversationReplyStatus::Rejected;
    after.next_attempt_at = None;
    become_of(tx, cx, &before, after).await
}
