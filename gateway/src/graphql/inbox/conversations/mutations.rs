//! Working on conversations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use inbox::{AssignConversation, SetConversationStatus, assign_conversation, set_conversation_status};

use super::types::{Conversation, ConversationStatus};
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id},
    payload,
    wiring::bridges::InTransaction,
};

/// A conversation goes to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignConversationInput {
    /// The conversation, `cnv_…`.
    pub conversation_id: ID,
    /// Who gets it, `stf_…`; nobody when null.
    pub assignee_id: Option<ID>,
}

/// A conversation is closed, or opened again.
#[derive(Clone, InputObject)]
pub struct SetConversationStatusInput {
    /// The conversation, `cnv_…`.
    pub conversation_id: ID,
    /// Its status from now on.
    pub status: ConversationStatus,
}

payload! {
    /// What came of assigning.
    AssignConversationPayload {
        /// The conversation.
        conversation: Conversation as inbox::Conversation
    }

    /// What came of setting the status.
    SetConversationStatusPayload {
        /// The conversation.
        conversation: Conversation as inbox::Conversation
    }
}

/// Working on conversations.
#[derive(Default)]
pub struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// Hands a conversation to a colleague, or back to nobody.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn assign_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignConversationInput,
    ) -> Result<AssignConversationPayload> {
        let cmd = AssignConversation {
            conversation: id("input.conversationId", &input.conversation_id)?,
            assignee: input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?,
        };
        let work =
            |tx, cx: Arc<_>, cmd: Arc<_>| async move { assign_conversation(&tx, &InTransaction(&tx), &cx, &cmd).await };
        Ok(write(ctx, "conversation.assign", cmd, work).await?.into())
    }

    /// Closes a conversation, or opens it again. The participant's next message opens a closed one by itself.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn set_conversation_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetConversationStatusInput,
    ) -> Result<SetConversationStatusPayload> {
        let conversation = id("input.conversationId", &input.conversation_id)?;
        let cmd = SetConversationStatus { conversation, status: input.status.into() };
        let work = |tx, cx: Arc<_>, cmd: Arc<_>| async move { set_conversation_status(&tx, &cx, &cmd).await };
        Ok(write(ctx, "conversation.set_status", cmd, work).await?.into())
    }
}
