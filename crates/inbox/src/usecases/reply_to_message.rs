//! A staff member replies to a message.

use kernel::{
    Cx, Result,
    db::Emit,
    id::MessageId,
    jobs::Enqueue,
    record::{self, Records},
};
use serde::{Deserialize, Serialize};

use super::deliver_reply::DeliverReply;
use crate::{
    domain::events::MessageReplied,
    policy::MANAGE_MESSAGES,
    ports::Drafts,
    store::{
        message::{Entity as Messages, Model as Message},
        reply::{Entity as MessageReplies, Model as MessageReply},
    },
};

/// A reply to be stored and perhaps mailed.
#[derive(Debug, Clone)]
pub struct ReplyToMessage {
    /// The message.
    pub message: MessageId,
    /// The text.
    pub content: String,
    /// Whether it is mailed to the visitor.
    pub send_email: bool,
}

/// The reply and the message as it is then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Replied {
    /// The reply.
    pub reply: MessageReply,
    /// The message.
    pub message: Message,
}

/// Stores a reply, moves a new message to in progress, queues the mail, and removes the draft that it was, all in one
/// transaction.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] for a bad text or an archived message.
pub async fn reply_to_message<S>(s: &S, cx: &Cx, cmd: &ReplyToMessage) -> Result<Replied>
where
    S: Records<Messages> + Records<MessageReplies> + Drafts + Emit + Enqueue,
{
    cx.require(MANAGE_MESSAGES)?;
    let before = Records::<Messages>::lock(s, cx, cmd.message).await?;
    let mut message = before.clone();
    let reply = message.reply(cx, &cmd.content, cmd.send_email)?;
    Records::<MessageReplies>::insert(s, &reply).await?;
    let message = record::change::<Messages, S>(s, cx, &before, message).await?;
    if let Some(staff) = cx.staff_id() {
        s.forget(staff, message.id.into()).await?;
    }
    if cmd.send_email {
        s.enqueue(cx, &DeliverReply { reply: reply.id, thread: Some(message.id) }).await?;
    }
    s.emit(cx, &MessageReplied { message: message.id, reply: reply.id, from: before.status, to: message.status });
    Ok(Replied { reply, message })
}
