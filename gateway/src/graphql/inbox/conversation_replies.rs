//! Replies in conversations.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    ApproveConversationReply, ReplyToConversation, approve_conversation_reply, conversation_replies,
    entities::conversation_reply::Column, records::ConversationReplies, reject_conversation_reply,
    reply_to_conversation, retry_conversation_reply,
};
use kernel::{
    Cx,
    id::{ConversationId, ConversationMessageId, ConversationReplyId, StaffId},
    page::PageArgs,
    record::Record,
};

use super::conversations::{
    Conversation, ConversationMessage,
    types::{conversation, conversation_message},
};
use crate::{
    comparator, connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::{DateTimeComparator, OrderDirection},
        identity::{IntoId, Permission, Staff, staff},
        loaders::By,
        records::{list, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
};

/// Who wrote a reply in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ReplySource")]
pub enum ConversationReplySource {
    /// A colleague.
    Person,
    /// An AI task.
    Suggestion,
}

/// Where a reply in a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ConversationReplyStatus")]
pub enum ConversationReplyStatus {
    /// Somebody has to say whether it is sent.
    Pending,
    /// It is to be sent, or on its way.
    Approved,
    /// The platform took it.
    Sent,
    /// It was given up.
    Failed,
    /// Somebody said that it is not sent, or a colleague had answered.
    Rejected,
}

comparator!(
    /// Comparisons with where a reply stands.
    ConversationReplyStatusComparator of ConversationReplyStatus as inbox::ConversationReplyStatus
);
comparator!(
    /// Comparisons with who wrote a reply.
    ConversationReplySourceComparator of ConversationReplySource as inbox::ReplySource
);

/// A reply in a conversation: suggested, or written by a colleague.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ConversationReply {
    /// Its id, `crp_…`.
    pub id: ID,
    /// Who wrote it.
    pub source: ConversationReplySource,
    /// Where it stands.
    pub status: ConversationReplyStatus,
    /// What is to be sent, or was.
    pub content: String,
    /// What was suggested, where a person changed it before it was sent.
    pub suggested_content: Option<String>,
    /// How sure whoever suggested it is, 0 to 1; null of a colleague's.
    pub confidence: Option<f64>,
    /// Whether the company's settings approved it and no person.
    pub is_automatic: bool,
    /// When it was written.
    pub generated_at: DateTime<Utc>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the platform took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// How often it was tried to be sent.
    pub attempts: i32,
    /// When it is tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why it was not sent.
    pub error_message: Option<String>,
    /// Whether it was tried and nobody knows yet whether the platform took it.
    pub is_outcome_unknown: bool,
    /// What the platform names it.
    pub platform_message_id: Option<String>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    conversation: ConversationId,
    #[graphql(skip)]
    answers: Option<ConversationMessageId>,
    #[graphql(skip)]
    sent_as: Option<ConversationMessageId>,
    #[graphql(skip)]
    author: Option<StaffId>,
    #[graphql(skip)]
    approved_by: Option<StaffId>,
}

impl From<inbox::ConversationReply> for ConversationReply {
    fn from(reply: inbox::ConversationReply) -> Self {
        Self {
            id: reply.id.into_id(),
            source: reply.source.into(),
            status: reply.status.into(),
            content: reply.content,
            suggested_content: reply.suggested_content,
            confidence: reply.confidence,
            is_automatic: reply.is_automatic,
            generated_at: reply.generated_at,
            approved_at: reply.approved_at,
            sent_at: reply.sent_at,
            attempts: reply.attempts,
            next_attempt_at: reply.next_attempt_at,
            is_outcome_unknown: reply.attempted_at.is_some() && reply.error_message.is_some(),
            error_message: reply.error_message,
            platform_message_id: reply.platform_message_id,
            updated_at: reply.updated_at,
            conversation: reply.conversation_id,
            answers: reply.message_id,
            sent_as: reply.sent_message_id,
            author: reply.author_id,
            approved_by: reply.approved_by_id,
        }
    }
}

connection!(
    ConversationReplyConnection,
    ConversationReplyEdge,
    ConversationReply,
    inbox::ConversationReply,
    "replies in conversations"
);

#[ComplexObject]
impl ConversationReply {
    /// The conversation.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        Box::pin(conversation(ctx, self.conversation)).await
    }

    /// What it answers; null where that is archived.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
        Box::pin(async move {
            let Some(id) = self.answers else { return Ok(None) };
            conversation_message(ctx, id).await
        })
        .await
    }

    /// The message that it became; null before it is sent, and where that is archived.
    async fn sent_message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
        Box::pin(async move {
            let Some(id) = self.sent_as else { return Ok(None) };
            conversation_message(ctx, id).await
        })
        .await
    }

    /// The colleague who wrote it; null of a suggestion, or without the permission to see colleagues.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, self.author)).await
    }

    /// Who approved it; null of one that went out by itself, or without the permission to see colleagues.
    async fn approved_by(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(staff(ctx, self.approved_by)).await
    }
}

/// A reply that the viewer may see.
pub async fn conversation_reply(ctx: &Context<'_>, id: ConversationReplyId) -> Result<Option<ConversationReply>> {
    let found = scope(ctx).loaders.load_one(By::<ConversationReplies>(id)).await?;
    Ok(found.map(|reply| reply.as_ref().clone().into()))
}

filter! {
    /// Which replies. All parts given must hold.
    ConversationReplyFilter of ConversationReplies {
        /// Where they stand.
        status: ConversationReplyStatusComparator,
        /// Who wrote them.
        source: ConversationReplySourceComparator,
        /// When they were written.
        generated_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<inbox::ConversationReplyStatus>(conversation_replies::BY_STATUS, level.status)?;
        leaves.value::<inbox::ReplySource>(conversation_replies::BY_SOURCE, level.source)?;
        leaves.time(conversation_replies::BY_GENERATED_AT, level.generated_at)?;
    }
}

order! {
    "replies in conversations": ConversationReplyOrder, ConversationReplyOrderField of ConversationReplies, descending {
        /// By when they were written.
        GeneratedAt,
    }
}

/// Reading replies in conversations.
#[derive(Default)]
pub struct ConversationReplyQuery;

#[Object]
impl ConversationReplyQuery {
    /// A reply in a conversation; null where there is none that the viewer may see.
    #[graphql(name = "conversationReply", directive = requires::apply(Permission::ViewConversations))]
    async fn one(&self, ctx: &Context<'_>, #[graphql(desc = "`crp_…`")] id: ID) -> Result<Option<ConversationReply>> {
        let id = crate::graphql::scalars::id("id", &id)?;
        ConversationReplies::may_list(&scope(ctx).cx())?;
        conversation_reply(ctx, id).await
    }

    /// Replies in the conversations that the viewer may see, the newest first: those that are pending wait for somebody to say
    /// whether they are sent.
    #[graphql(directive = requires::apply(Permission::ViewConversations))]
    async fn conversation_replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ConversationReplyFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<ConversationReplyOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConversationReplyConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (Column::GeneratedAt, true));
        Ok(list(ctx, "replies in conversations", filter, order, page).await?.into())
    }
}

/// A conversation is to be answered.
#[derive(Clone, InputObject)]
pub struct ReplyToConversationInput {
    /// The conversation, `cnv_…`.
    pub conversation_id: ID,
    /// The answer: at most 2,000 characters on Facebook, 10,000 on X, 1,250 on LinkedIn.
    pub content: String,
}

/// A suggested reply is to be sent.
#[derive(Clone, InputObject)]
pub struct ApproveConversationReplyInput {
    /// The reply, `crp_…`.
    pub conversation_reply_id: ID,
    /// What is sent instead of what was suggested; that is kept beside it.
    pub content: Option<String>,
}

/// A reply is not to be sent.
#[derive(Clone, InputObject)]
pub struct RejectConversationReplyInput {
    /// The reply, `crp_…`.
    pub conversation_reply_id: ID,
}

/// A reply that was given up is to be tried again.
#[derive(Clone, InputObject)]
pub struct RetryConversationReplyInput {
    /// The reply, `crp_…`.
    pub conversation_reply_id: ID,
}

payload! {
    /// What came of answering.
    ReplyToConversationPayload {
        /// The reply, which is on its way.
        conversation_reply: ConversationReply as inbox::ConversationReply
    }
    /// What came of having a suggestion sent.
    ApproveConversationReplyPayload {
        /// The reply, which is on its way.
        conversation_reply: ConversationReply as inbox::ConversationReply
    }
    /// What came of saying that a reply is not sent.
    RejectConversationReplyPayload {
        /// The reply.
        conversation_reply: ConversationReply as inbox::ConversationReply
    }
    /// What came of trying a reply again.
    RetryConversationReplyPayload {
        /// The reply.
        conversation_reply: ConversationReply as inbox::ConversationReply
    }
}

/// Answering in conversations.
#[derive(Default)]
pub struct ConversationReplyMutation;

#[Object]
impl ConversationReplyMutation {
    /// Answers in a conversation. The reply is on its way then; what becomes of it is its status.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn reply_to_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReplyToConversationInput,
    ) -> Result<ReplyToConversationPayload> {
        let conversation = id("input.conversationId", &input.conversation_id)?;
        let cmd = ReplyToConversation { conversation, content: input.content };
        let work =
            |tx, cx: Arc<Cx>, cmd: Arc<ReplyToConversation>| async move { reply_to_conversation(&tx, &cx, &cmd).await };
        Ok(write(ctx, "conversation_reply.create", cmd, work).await?.into())
    }

    /// Has a suggested reply sent, as it is or changed.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn approve_conversation_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ApproveConversationReplyInput,
    ) -> Result<ApproveConversationReplyPayload> {
        let reply = id("input.conversationReplyId", &input.conversation_reply_id)?;
        let cmd = ApproveConversationReply { reply, content: input.content };
        let work = |tx, cx: Arc<Cx>, cmd: Arc<ApproveConversationReply>| async move {
            approve_conversation_reply(&tx, &cx, &cmd).await
        };
        Ok(write(ctx, "conversation_reply.approve", cmd, work).await?.into())
    }

    /// Says that a suggested reply is not sent, or one that waits and was not begun.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn reject_conversation_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RejectConversationReplyInput,
    ) -> Result<RejectConversationReplyPayload> {
        let reply: ConversationReplyId = id("input.conversationReplyId", &input.conversation_reply_id)?;
        let work = |tx, cx: Arc<Cx>, reply: Arc<ConversationReplyId>| async move {
            reject_conversation_reply(&tx, &cx, *reply).await
        };
        Ok(write(ctx, "conversation_reply.reject", reply, work).await?.into())
    }

    /// Tries a reply again that was given up. One of which it was not known whether the platform took it may be there already: look
    /// first.
    #[graphql(directive = requires::apply(Permission::ManageConversations))]
    async fn retry_conversation_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RetryConversationReplyInput,
    ) -> Result<RetryConversationReplyPayload> {
        let reply: ConversationReplyId = id("input.conversationReplyId", &input.conversation_reply_id)?;
        let work = |tx, cx: Arc<Cx>, reply: Arc<ConversationReplyId>| async move {
            retry_conversation_reply(&tx, &cx, *reply).await
        };
        Ok(write(ctx, "conversation_reply.retry", reply, work).await?.into())
    }
}
