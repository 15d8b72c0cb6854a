//! What a message became, and the same for several messages.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use inbox::{
    AssignMessages, ConvertMessage, Outcome, SetMessageStatuses, assign_messages, convert_message, set_message_statuses,
};

use super::types::{Message, MessageStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::id,
    },
    payload,
    wiring::bridges::InTransaction,
};

/// A message became something else.
#[derive(Clone, InputObject)]
pub struct ConvertMessageInput {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// What it became: a client, `cli_…`, or a ticket, `tkt_…`.
    pub target_id: ID,
}

payload! {
    /// What came of converting.
    ConvertMessagePayload {
        /// The message, which is CONVERTED now.
        message: Message as inbox::Message
    }
}

/// Several messages go to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignMessagesInput {
    /// The messages, `msg_…`, 1–100.
    pub message_ids: Vec<ID>,
    /// Who gets them, `stf_…`; nobody when null.
    pub assignee_id: Option<ID>,
}

/// Several messages go to another status.
#[derive(Clone, InputObject)]
pub struct SetMessageStatusesInput {
    /// The messages, `msg_…`, 1–100.
    pub message_ids: Vec<ID>,
    /// Their status from now on: IN_PROGRESS or ARCHIVED.
    pub status: MessageStatus,
}

/// What came of one of several messages.
#[derive(SimpleObject)]
pub struct MessageOutcome {
    /// Whether the message is as it was wanted.
    pub is_done: bool,
    /// The message; null where there is none that the viewer may see.
    pub message: Option<Message>,
    /// Why it is not.
    pub errors: Vec<UserError>,
}

impl From<Outcome> for MessageOutcome {
    fn from(outcome: Outcome) -> Self {
        Self {
            is_done: outcome.message.is_some(),
            message: outcome.message.map(Into::into),
            errors: outcome.problems.into_iter().map(Into::into).collect(),
        }
    }
}

/// What came of assigning several messages.
#[derive(SimpleObject)]
pub struct AssignMessagesPayload {
    /// What came of each, in the order in which they were named.
    pub outcomes: Option<Vec<MessageOutcome>>,
    /// What the person can correct; then no message was assigned.
    pub errors: Vec<UserError>,
}

/// What came of setting the status of several messages.
#[derive(SimpleObject)]
pub struct SetMessageStatusesPayload {
    /// What came of each, in the order in which they were named.
    pub outcomes: Option<Vec<MessageOutcome>>,
    /// What the person can correct; then no status was set.
    pub errors: Vec<UserError>,
}

fn shown(outcomes: Vec<Outcome>) -> Vec<MessageOutcome> {
    outcomes.into_iter().map(Into::into).collect()
}

fn ids<I: kernel::id::TypedId>(argument: &str, all: &[ID]) -> kernel::Result<Vec<I>> {
    all.iter().map(|one| id(argument, one)).collect()
}

/// What a message became, and the same for several messages.
#[derive(Default)]
pub struct SeveralMessagesMutation;

#[Object]
impl SeveralMessagesMutation {
    /// Notes what a message became, and converts it by that.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn convert_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConvertMessageInput,
    ) -> Result<ConvertMessagePayload> {
        let cmd =
            ConvertMessage { message: id("input.messageId", &input.message_id)?, target: input.target_id.to_string() };
        let work = |tx, cx: std::sync::Arc<_>, cmd: std::sync::Arc<_>| async move {
            convert_message(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        Ok(write(ctx, "message.convert", cmd, work).await?.into())
    }

    /// Hands several messages to a colleague, or back to nobody: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn assign_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignMessagesInput,
    ) -> Result<AssignMessagesPayload> {
        let assignee = input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?;
        let cmd = AssignMessages { messages: ids("input.messageIds", &input.message_ids)?, assignee };
        let work = |tx, cx: std::sync::Arc<_>, cmd: std::sync::Arc<_>| async move {
            assign_messages(&tx, &InTransaction(&tx), &cx, &cmd).await
        };
        let (outcomes, errors) = write(ctx, "messages.assign", cmd, work).await?;
        Ok(AssignMessagesPayload { outcomes: outcomes.map(shown), errors })
    }

    /// Moves several messages to another status: each that can be, whatever comes of the others.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn set_message_statuses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetMessageStatusesInput,
    ) -> Result<SetMessageStatusesPayload> {
        let messages = ids("input.messageIds", &input.message_ids)?;
        let cmd = SetMessageStatuses { messages, status: input.status.into() };
        let work = |tx, cx: std::sync::Arc<_>, cmd: std::sync::Arc<_>| async move {
            set_message_statuses(&tx, &cx, &cmd).await
        };
        let (outcomes, errors) = write(ctx, "messages.set_status", cmd, work).await?;
        Ok(SetMessageStatusesPayload { outcomes: outcomes.map(shown), errors })
    }
}
