//! What a message became, and the same for several messages.

use async_graphql::{Context, ID, InputObject, Object};
use inbox::{
    AssignMessages, ConvertMessage, SetMessageStatuses, assign_messages, convert_message, set_message_statuses,
};

use super::types::{Message, MessageStatus};
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id, several::ids},
    payload, several,
    wiring::bridges::InTransaction,
};

/// A message became something else.
#[derive(Clone, InputObject)]
pub struct ConvertMessageInput {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// What it became: a client, `cli_…`, a ticket, `tkt_…`, or a lead, `led_…`.
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

several! {
    /// What came of one of several messages.
    MessageOutcome of inbox::Message {
        /// Whether the message is as it was wanted.
        is_done,
        /// The message; null where there is none that the viewer may see.
        message: Message,
        /// Why it is not.
        errors,
    }
    /// What came of assigning several messages.
    AssignMessagesPayload {
        /// What the person can correct; then no message was assigned.
        errors,
    }
    /// What came of setting the status of several messages.
    SetMessageStatusesPayload {
        /// What the person can correct; then no status was set.
        errors,
    }
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
        Ok(write(ctx, "messages.assign", cmd, work).await?.into())
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
        Ok(write(ctx, "messages.set_status", cmd, work).await?.into())
    }
}
