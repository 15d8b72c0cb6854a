//! The same for several conversations, each with an outcome of its own.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{ConversationId, StaffId},
    record::Records,
    several::{self, Outcome},
};

use super::{
    assign_conversation::{AssignConversation, assign_conversation},
    set_conversation_status::{SetConversationStatus, set_conversation_status},
};
use crate::{
    policy::MANAGE_CONVERSATIONS,
    ports::Colleagues,
    store::conversations::conversation::{ConversationStatus, Entity as Conversations, Model as Conversation},
};

/// Who gets which conversations.
#[derive(Debug, Clone)]
pub struct AssignConversations {
    /// The conversations.
    pub conversations: Vec<ConversationId>,
    /// Who gets them; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Which conversations go where.
#[derive(Debug, Clone)]
pub struct SetConversationStatuses {
    /// The conversations.
    pub conversations: Vec<ConversationId>,
    /// Their status from now on.
    pub status: ConversationStatus,
}

/// Assigns each conversation that can be, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none, and where the assignee is not an active staff member: then nothing is assigned.
pub async fn assign_conversations<S: Records<Conversations> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignConversations,
) -> Result<Vec<Outcome<Conversation>>> {
    cx.require(MANAGE_CONVERSATIONS)?;
    several::each("conversation", &cmd.conversations, |conversation| async move {
        let one = AssignConversation { conversation, assignee: cmd.assignee };
        several::own("conversation", assign_conversation(s, colleagues, cx, &one).await)
    })
    .await
}

/// Closes or opens each conversation that is there, and returns what came of each in the order in which they were named.
///
/// # Errors
/// [`kernel::Error::Invalid`] for too many or none.
pub async fn set_conversation_statuses<S: Records<Conversations> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetConversationStatuses,
) -> Result<Vec<Outcome<Conversation>>> {
    cx.require(MANAGE_CONVERSATIONS)?;
    several::each("conversation", &cmd.conversations, |conversation| async move {
        let one = SetConversationStatus { conversation, status: cmd.status };
        Ok(set_conversation_status(s, cx, &one).await)
    })
    .await
}
