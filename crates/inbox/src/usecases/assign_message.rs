//! A message is handed to somebody, or back to nobody.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{MessageId, StaffId},
    record::{self, Records},
};

use crate::{
    domain::events::MessageAssigned,
    policy::MANAGE_MESSAGES,
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
/// [`Error::NotFound`]; [`Error::Invalid`] where the assignee is not an active staff member.
pub async fn assign_message<S: Records<Messages> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignMessage,
) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let before = s.lock(cx, cmd.message).await?;
    if let Some(assignee) = cmd.assignee
        && !colleagues.is_active(assignee).await?
    {
        return Err(Error::invalid("assigneeId", ProblemCode::NotAvailable, "is not an active staff member"));
    }
    let mut message = before.clone();
    if message.assign(cmd.assignee) {
        message = record::change(s, cx, &before, message).await?;
        s.emit(cx, &MessageAssigned { message: message.id, from: before.assignee_id, to: cmd.assignee });
    }
    Ok(message)
}
