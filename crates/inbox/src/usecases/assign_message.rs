//! A message is handed to somebody, or back to nobody.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{MessageId, StaffId},
    record::{self, Records},
};

use super::assignee::may_have;
use crate::{
    domain::events::MessageAssigned,
    policy::{MANAGE_MESSAGES, VIEW_MESSAGES},
    ports::Colleagues,
    store::message::{Entity as Messages, Model as Message},
};

/// Who gets which message.
#[derive(Debug, Clone)]
pub struct AssignMessage {
    /// The message.
    pub message: MessageId,
    /// Who gets it; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Assigns the message and returns it as it is then.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where the assignee is not an active staff member, or may not see it.
pub async fn assign_message<S: Records<Messages> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignMessage,
) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let before = s.lock(cx, cmd.message).await?;
    may_have(colleagues, cx, cmd.assignee, VIEW_MESSAGES).await?;
    let mut message = before.clone();
    if message.assign(cmd.assignee) {
        message = record::change(s, cx, &before, message).await?;
        s.emit(cx, &MessageAssigned { message: message.id, from: before.assignee_id, to: cmd.assignee });
    }
    Ok(message)
}
