//! A message is moved to another status by hand.

use kernel::{
    Cx, Result,
    db::Emit,
    id::MessageId,
    record::{self, Records},
};

use crate::{
    domain::events::MessageStatusChanged,
    policy::MANAGE_MESSAGES,
    store::message::{Entity as Messages, MessageStatus, Model as Message},
};

/// Which message goes where.
#[derive(Debug, Clone)]
pub struct SetMessageStatus {
    /// The message.
    pub message: MessageId,
    /// Its status from now on.
    pub status: MessageStatus,
}

/// Sets the status and returns the message as it is then.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where the move is not allowed.
pub async fn set_message_status<S: Records<Messages> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetMessageStatus,
) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let before = s.lock(cx, cmd.message).await?;
    let mut message = before.clone();
    if message.set_status(cmd.status)? {
        message = record::change(s, cx, &before, message).await?;
        s.emit(cx, &MessageStatusChanged { message: message.id, from: before.status, to: message.status });
    }
    Ok(message)
}
