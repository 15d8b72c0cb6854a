//! A conversation is closed, or opened again.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ConversationId,
    record::{self, Records},
};

use crate::{
    domain::conversations::events::ConversationStatusChanged,
    policy::MANAGE_CONVERSATIONS,
    store::conversations::conversation::{ConversationStatus, Entity as Conversations, Model as Conversation},
};

/// Which conversation goes where.
#[derive(Debug, Clone)]
pub struct SetConversationStatus {
    /// The conversation.
    pub conversation: ConversationId,
    /// Its status from now on.
    pub status: ConversationStatus,
}

/// Sets the status and returns the conversation as it is then.
///
/// # Errors
/// [`kernel::Error::NotFound`].
pub async fn set_conversation_status<S: Records<Conversations> + Emit>(
    s: &S,
    cx: &Cx,
    cmd: &SetConversationStatus,
) -> Result<Conversation> {
    cx.require(MANAGE_CONVERSATIONS)?;
    let before = s.lock(cx, cmd.conversation).await?;
    let mut conversation = before.clone();
    if conversation.set_status(cx, cmd.status) {
        conversation = record::change::<Conversations, S>(s, cx, &before, conversation).await?;
        s.emit(cx, &ConversationStatusChanged { conversation: before.id, from: before.status, to: cmd.status });
    }
    Ok(conversation)
}
