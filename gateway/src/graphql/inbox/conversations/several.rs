//! The same for several conversations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use inbox::{
    AssignConversations, ConversationOutcome as Outcome, SetConversationStatuses, assign_conversations,
    set_conversation_statuses,
};
use kernel::id::ConversationId;

use super::types::{Conversation, ConversationStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::id,
    },
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

/// What came of one of several conversations.
#[derive(SimpleObject)]
pub struct ConversationOutcome {
    /// Whether the conversation is as it was wanted.
    pub is_done: bool,
    /// The conversation; null where there is none that the viewer may see.
    pub conversation: Option<Conversation>,
    /// Why it is not.
    pub errors: Vec<UserError>,
}

impl From<Outcome> for ConversationOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            is_done: outcome.conversation.is_some(),
            conversation: outcome.conversation.map(Into::into),
            errors: outcome.problems.into_iter().map(Into::into).collect(),
        }
    }
}

/// What came of assigning several conversations.
#[derive(SimpleObject)]
pub struct AssignConversationsPayload {
    /// What came of each, in the order in which they were named.
    pub outcomes: Option<Vec<ConversationOutcome>>,
    /// What the person can correct; then no conversation was assigned.
    pub errors: Vec<UserError>,
}

/// What came of setting the status of several conversations.
#[derive(SimpleObject)]
pub struct SetConversationStatusesPayload {
    /// What came of each, in the order in which they were named.
    pub outcomes: Option<Vec<ConversationOutcome>>,
    /// What the person can correct; then no status was set.
    pub errors: Vec<UserError>,
}

fn shown(outcomes: Vec<Outcome>) -> Vec<ConversationOutcome> {
    outcomes.into_iter().map(Into::into).collect()
}

fn ids(all: &[ID]) -> kernel::Result<Vec<ConversationId>> {
    all.iter().map(|one| id("input.conversationIds", one)).collect()
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
        let cmd = AssignConversations { conversations: ids(&input.conversation_ids)?, assignee };
        let work = |tx, cx: Arc<_>, cmd: Arc<_>| async move {
            assign_conversations(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        let (outcomes, errors) = write(ctx, "conversations.assign", cmd, work).await?;
        Ok(AssignConversationsPayload { outcomes: outcomes.map(shown), errors })
    }

    /// Closes several conversations, or opens them again: each that is there, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn set_conversation_statuses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetConversationStatusesInput,
    ) -> Result<SetConversationStatusesPayload> {
        let conversations = ids(&input.conversation_ids)?;
        let cmd = SetConversationStatuses { conversations, status: input.status.into() };
        let work = |tx, cx: Arc<_>, cmd: Arc<_>| async move { set_conversation_statuses(&tx, &cx, &cmd).await };
        let (outcomes, errors) = write(ctx, "conversations.set_status", cmd, work).await?;
        Ok(SetConversationStatusesPayload { outcomes: outcomes.map(shown), errors })
    }
}
