//! The same for several messages, each with an outcome of its own.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{MessageId, StaffId},
    record::Records,
    several::{self, Outcome},
};

use super::{
    assign_message::{AssignMessage, assign_message},
    set_message_status::{SetMessageStatus, set_message_status},
};
use crate::{
    domain::message::may_be_set,
    policy::MANAGE_MESSAGES,
    ports::Colleagues,
    store::message::{Entity as Messages, MessageStatus, Model as Message},
};

/// Who gets which messages.
#[derive(Debug, Clone)]
pub struct AssignMessages {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Who gets them; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Which messages go where.
#[derive(Debug, Clone)]
pub struct SetMessageStatuses {
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Their status from now on.
    pub status: MessageStatus,
}

/// Assigns each message that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and where the assignee is not an active staff member: then nothing is assigned.
pub async fn assign_messages<S: Records<Messages> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignMessages,
) -> Result<Vec<Outcome<Message>>> {
    cx.require(MANAGE_MESSAGES)?;
    several::each("message", &cmd.messages, |message| async move {
        let one = AssignMessage { message, assignee: cmd.assignee };
        several::own("message", assign_message(s, colleagues, cx, &one).await)
    })
    .await
}

/// Sets the status of each message that can have it, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and for a status that is not set by hand: then nothing is set.
pub async fn set_message_statuses<S: Records<Messages> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetMessageStatuses,
) -> Result<Vec<Outcome<Message>>> {
    cx.require(MANAGE_MESSAGES)?;
    may_be_set(cmd.status)?;
    several::each("message", &cmd.messages, |message| async move {
        let one = SetMessageStatus { message, status: cmd.status };
        several::own("message", set_message_status(s, cx, &one).await)
    })
    .await
}
