//! A message is moved to another status by hand.

use kernel::{Cx, Result, db::Emit, id::MessageId};

use crate::{
    domain::events::MessageStatusChanged,
    policy::MANAGE_MESSAGES,
    ports::Messages,
    store::message::{MessageStatus, Model as Message},
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
pub async fn set_message_status<S: Messages + Emit>(s: &S, cx: &Cx, cmd: &SetMessageStatus) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let mut message = s.message(cx, cmd.message).await?;
    let from = message.status;
    if message.set_status(cx, cmd.status)? {
        s.save(&message).await?;
        s.emit(cx, &MessageStatusChanged { message: message.id, from, to: message.status });
    }
    Ok(message)
}
