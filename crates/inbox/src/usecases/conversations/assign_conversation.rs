//! A conversation is handed to somebody, or back to nobody.

use kernel::{
    Cx, Result,
    db::Emit,
    id::{ConversationId, StaffId},
    record::{self, Records},
};

use crate::{
    domain::conversations::events::ConversationAssigned,
    policy::{MANAGE_CONVERSATIONS, VIEW_CONVERSATIONS},
    ports::Colleagues,
    store::conversations::conversation::{Entity as Conversations, Model as Conversation},
    usecases::assignee::may_have,
};

/// Who gets which conversation.
#[derive(Debug, Clone)]
pub struct AssignConversation {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who gets it; nobody when absent.
    pub assignee: Option<StaffId>,
}

/// Assigns the conversation and returns it as it is then.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] where the assignee is not an active staff member, or may not see it.
pub async fn assign_conversation<S: Records<Conversations> + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &AssignConversation,
) -> Result<Conversation> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let before = s.lock(cx, cmd.conversation).await?;
    may_have(colleagues, cx, cmd.assignee, VIEW_CONVERSATIONS).await?;
    let mut conversation = before.clone();
    if conversation.assign(cmd.assignee) {
        conversation = record::change::<Conversations, S>(s, cx, &before, conversation).await?;
        s.emit(cx, &ConversationAssigned { conversation: before.id, from: before.assignee_id, to: cmd.assignee });
    }
    Ok(conversation)
}
