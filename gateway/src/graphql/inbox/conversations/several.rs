//! The same for several conversations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use inbox::{AssignConversations, SetConversationStatuses, assign_conversations, set_conversation_statuses};

use super::types::{Conversation, ConversationStatus};
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id, several::ids},
    several,
    wiring::bridges::InTransaction,
};

/// Several conversations go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignConversationsInput {
    /// The conversations, `cnv_…`, 1–100.
    pub conversation_ids: Vec<ID>,
    /// Who gets them, `stf_…`; nobody when null.
    pub assignee_id: Option<ID>,
}

/// Several conversations are closed, or opened again.
#[derive(Clone, InputObject)]
pub struct SetConversationStatusesInput {
    /// The conversations, `cnv_…`, 1–100.
    pub conversation_ids: Vec<ID>,
    /// Their status from now on.
    pub status: ConversationStatus,
}

several! {
    /// What came of one of several conversations.
    ConversationOutcome of inbox::Conversation {
        /// Whether the conversation is as it was wanted.
        is_done,
        /// The conversation; null where there is none that the viewer may see.
        conversation: Conversation,
        /// Why it is not.
        errors,
    }
    /// What came of assigning several conversations.
    AssignConversationsPayload {
        /// What the person can correct; then no conversation was assigned.
        errors,
    }
    /// What came of setting the status of several conversations.
    SetConversationStatusesPayload {
        /// What the person can correct; then no status was set.
        errors,
    }
}

/// The same for several conversations.
#[derive(Default)]
pub struct SeveralConversationsMutation;

#[Object]
impl SeveralConversationsMutation {
    /// Hands several conversations to a colleague, or back to nobody: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn assign_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignConversationsInput,
    ) -> Result<AssignConversationsPayload> {
        let assignee = input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?;
        let cmd =
            AssignConversations { conversations: ids("input.conversationIds", &input.conversation_ids)?, assignee };
        let work = |tx, cx: Arc<_>, cmd: Arc<_>| async move {
            assign_conversations(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        Ok(write(ctx, "conversations.assign", cmd, work).await?.into())
    }

    /// Closes several conversations, or opens them again: each that is there, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn set_conversation_statuses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetConversationStatusesInput,
    ) -> Result<SetConversationStatusesPayload> {
        let conversations = ids("input.conversationIds", &input.conversation_ids)?;
        let cmd = SetConversationStatuses { conversations, status: input.status.into() };
        let work = |tx, cx: Arc<_>, cmd: Arc<_>| async move { set_conversation_statuses(&tx, &cx, &cmd).await };
        Ok(write(ctx, "conversations.set_status", cmd, work).await?.into())
    }
}
