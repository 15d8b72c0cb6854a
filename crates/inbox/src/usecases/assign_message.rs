//! A message is handed to somebody, or back to nobody.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{MessageId, StaffId},
};

use crate::{
    domain::events::MessageAssigned,
    policy::MANAGE_MESSAGES,
    ports::{Colleagues, Messages},
    store::message::Model as Message,
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
pub async fn assign_message<S: Messages + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignMessage,
) -> Result<Message> {
    cx.require(MANAGE_MESSAGES)?;
    let mut message = s.message(cx, cmd.message).await?;
    if let Some(assignee) = cmd.assignee
        && !colleagues.is_active(assignee).await?
    {
        return Err(Error::invalid("assigneeId", ProblemCode::NotAvailable, "is not an active staff member"));
    }
    let from = message.assignee_id;
    if message.assign(cx, cmd.assignee) {
        s.save(&message).await?;
        s.emit(cx, &MessageAssigned { message: message.id, from, to: cmd.assignee });
    }
    Ok(message)
}
