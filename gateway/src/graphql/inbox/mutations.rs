//! Working on messages.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    AssignMessage, ReplyToMessage, SetMessageStatus, SubmitMessage, assign_message, reply_to_message,
    set_message_status, submit_message,
};

use super::types::{Message, MessageReply, MessageStatus};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::{IntoId, Permission},
        scalars::{EmailAddress, id},
        scope::scope,
    },
    wiring::bridges::InTransaction,
};

/// What the contact form sends. No text may hold control characters, except line ends and tabs in `content`.
#[derive(Clone, InputObject)]
pub struct SubmitMessageInput {
    /// The visitor's name, 1–200 characters.
    pub name: String,
    /// The visitor's address; replies go there.
    pub email: EmailAddress,
    /// Their company, at most 200 characters.
    pub company: Option<String>,
    /// The service they ask for, at most 200 characters.
    pub service: Option<String>,
    /// The text, 1–20,000 characters.
    pub content: String,
    /// What brought them here, at most 200 characters.
    pub source: Option<String>,
    /// The page they write on, at most 2,000 characters.
    pub page_url: Option<String>,
    /// The token of an earlier receipt.
    pub visitor_token: Option<String>,
    /// Leave it out. A form shows it to programs only, and what comes with it is discarded.
    pub website: Option<String>,
}

/// What came of writing.
#[derive(SimpleObject)]
pub struct SubmitMessagePayload {
    /// The receipt.
    pub receipt: Option<MessageReceipt>,
    /// What the visitor can correct.
    pub errors: Vec<UserError>,
}

/// What a visitor gets for a message.
#[derive(SimpleObject)]
pub struct MessageReceipt {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Keep it in the browser and send it with the next message.
    pub visitor_token: String,
}

/// A message goes to somebody, or back to nobody.
#[derive(Clone, InputObject)]
pub struct AssignMessageInput {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// Who gets it, `stf_…`; nobody when null.
    pub assignee_id: Option<ID>,
}

/// What came of assigning.
#[derive(SimpleObject)]
pub struct AssignMessagePayload {
    /// The message.
    pub message: Option<Message>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A message goes to another status.
#[derive(Clone, InputObject)]
pub struct SetMessageStatusInput {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// Its status from now on: IN_PROGRESS or ARCHIVED. What it became is said by convertMessage.
    pub status: MessageStatus,
}

/// What came of setting the status.
#[derive(SimpleObject)]
pub struct SetMessageStatusPayload {
    /// The message.
    pub message: Option<Message>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A reply to a message.
#[derive(Clone, InputObject)]
pub struct ReplyToMessageInput {
    /// The message, `msg_…`.
    pub message_id: ID,
    /// The text, 1–20,000 characters.
    pub content: String,
    /// Whether it is mailed to the visitor.
    #[graphql(default_with = "Some(true)")]
    pub send_email: Option<bool>,
}

/// What came of replying.
#[derive(SimpleObject)]
pub struct ReplyToMessagePayload {
    /// The reply.
    pub reply: Option<MessageReply>,
    /// The message as it is now.
    pub message: Option<Message>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Working on messages.
#[derive(Default)]
pub struct InboxMutation;

#[Object]
impl InboxMutation {
    /// Public: a website visitor writes to us. Limited per address.
    async fn submit_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SubmitMessageInput,
    ) -> Result<SubmitMessagePayload> {
        let scope = scope(ctx);
        let cx = scope.mutation(ctx);
        let cmd = SubmitMessage {
            name: input.name,
            email: input.email.0,
            company: input.company,
            service: input.service,
            content: input.content,
            source: input.source,
            page_url: input.page_url,
            visitor_token: input.visitor_token,
            honeypot: input.website,
            limited: scope.app.rate_limits,
        };
        let (receipt, errors) = payload(submit_message(&scope.app.db, &cx, &cmd).await)?;
        let receipt = receipt.map(|receipt| MessageReceipt {
            message_id: receipt.message.into_id(),
            received_at: receipt.received_at,
            visitor_token: receipt.visitor_token,
        });
        Ok(SubmitMessagePayload { receipt, errors })
    }

    /// Hands a message to a colleague, or back to nobody.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn assign_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AssignMessageInput,
    ) -> Result<AssignMessagePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &AssignMessage {
            message: id("input.messageId", &input.message_id)?,
            assignee: input.assignee_id.as_ref().map(|staff| id("input.assigneeId", staff)).transpose()?,
        };
        let answer = scope.app.db.transact(cx, "message.assign", |tx| async move {
            assign_message(&tx, &InTransaction(&tx), cx, cmd).await
        });
        let (message, errors) = payload(answer.await)?;
        Ok(AssignMessagePayload { message: message.map(Into::into), errors })
    }

    /// Moves a message to another status.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn set_message_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetMessageStatusInput,
    ) -> Result<SetMessageStatusPayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &SetMessageStatus { message: id("input.messageId", &input.message_id)?, status: input.status.into() };
        let answer =
            scope.app.db.transact(cx, "message.set_status", |tx| async move { set_message_status(&tx, cx, cmd).await });
        let (message, errors) = payload(answer.await)?;
        Ok(SetMessageStatusPayload { message: message.map(Into::into), errors })
    }

    /// Replies to a message, and mails the reply to the visitor unless told otherwise. A NEW message is IN_PROGRESS
    /// from then on; an ARCHIVED one must be reopened first.
    #[graphql(directive = requires::apply(Permission::ManageMessages))]
    async fn reply_to_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReplyToMessageInput,
    ) -> Result<ReplyToMessagePayload> {
        let scope = scope(ctx);
        let cx = &scope.mutation(ctx);
        let cmd = &ReplyToMessage {
            message: id("input.messageId", &input.message_id)?,
            content: input.content,
            send_email: input.send_email.unwrap_or(true),
        };
        let answer =
            scope.app.db.transact(cx, "message.reply", |tx| async move { reply_to_message(&tx, cx, cmd).await });
        let (replied, errors) = payload(answer.await)?;
        let (reply, message) = replied.map(|replied| (replied.reply.into(), replied.message.into())).unzip();
        Ok(ReplyToMessagePayload { reply, message, errors })
    }
}
