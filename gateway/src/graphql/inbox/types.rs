//! Messages, replies and visitors.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::records::{MessageReplies, Messages, Visitors};
use kernel::{
    id::{MessageId, MessageReplyId, StaffId, VisitorId},
    page::PageArgs,
};

use super::{
    booking::types::ConsultationConnection,
    drafts::{Draft, draft_for},
    notes::InternalNoteConnection,
    tags::{Tag, tags_of},
    timeline::{TimelineEntryConnection, timeline},
    visitors::MergedVisitor,
};
use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        inbox::chats::ChatConnection,
        loaders::{AcquaintancesOf, By, MergedInto},
        node::{Node, node},
        records::{count_below, nested},
        scalars::EmailAddress,
        scope::scope,
    },
};

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::MessageStatus")]
pub enum MessageStatus {
    /// Nobody worked on it yet.
    New,
    /// Somebody does.
    InProgress,
    /// It became a lead, ticket or client.
    Converted,
    /// It is done with.
    Archived,
}

/// Where a reply's mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::EmailStatus")]
pub enum EmailStatus {
    /// No mail was asked for.
    NotRequested,
    /// It will be sent, or sent again.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up.
    Failed,
}

/// What a visitor wrote through the contact form.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Message {
    /// Its id, `msg_…`.
    pub id: ID,
    /// The name given.
    pub name: String,
    /// The address given; replies go there.
    pub email: EmailAddress,
    /// The company given.
    pub company: Option<String>,
    /// The service asked for.
    pub service: Option<String>,
    /// The text.
    pub content: String,
    /// The page it was written on.
    pub page_url: Option<String>,
    /// Where it stands.
    pub status: MessageStatus,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: MessageId,
    #[graphql(skip)]
    pub(crate) visitor_id: VisitorId,
    #[graphql(skip)]
    pub(crate) assignee_id: Option<StaffId>,
    #[graphql(skip)]
    converted_to: Option<String>,
}

impl From<inbox::Message> for Message {
    fn from(message: inbox::Message) -> Self {
        Self {
            id: message.id.into_id(),
            name: message.name,
            email: EmailAddress(message.email),
            company: message.company,
            service: message.service,
            content: message.content,
            page_url: message.page_url,
            status: message.status.into(),
            created_at: message.created_at,
            updated_at: message.updated_at,
            key: message.id,
            visitor_id: message.visitor_id,
            assignee_id: message.assignee_id,
            converted_to: message.converted_to,
        }
    }
}

/// What the viewer may do with a message.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct MessageViewerCan {
    /// Hand it to somebody, or back to nobody.
    pub assign: bool,
    /// Move it to another status.
    pub set_status: bool,
    /// Reply to it; an archived one is reopened first.
    pub reply: bool,
}

// The resolvers of relations are boxed: async-graphql copies a future as large as the largest resolver of a type for every
// field of it, also for the many that only hand out a text.
#[ComplexObject]
impl Message {
    /// Who wrote it; null without the permission to see visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Box::pin(async move {
            Ok(scope(ctx)
                .loaders
                .load_one(By::<Visitors>(self.visitor_id))
                .await?
                .map(|visitor| visitor.as_ref().clone().into()))
        })
        .await
    }

    /// Who has it; null where nobody has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.assignee_id).await }).await
    }

    /// What it became; null where that was not said, or the viewer may not see it.
    async fn converted_to(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        match &self.converted_to {
            Some(id) => node(ctx, "id", &ID(id.clone())).await,
            None => Ok(None),
        }
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> MessageViewerCan {
        let manage = scope(ctx).cx().can(inbox::MANAGE_MESSAGES);
        let archived = self.status == MessageStatus::Archived;
        MessageViewerCan { assign: manage, set_status: manage, reply: manage && !archived }
    }

    /// Its replies, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MessageReplyConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::Replies, self.key, page).await?.into())
        })
        .await
    }

    /// Its tags, by name.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        Box::pin(tags_of(ctx, self.key)).await
    }

    /// The answer to it that the viewer is writing; nobody else sees it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Draft>> {
        Box::pin(draft_for(ctx, self.key)).await
    }

    /// What colleagues noted of it, the pinned notes first, then the newest.
    async fn internal_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<InternalNoteConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::NotesOf::default(), self.key, page).await?.into())
        })
        .await
    }

    /// How many replies it has.
    async fn reply_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Box::pin(count_below(scope(ctx), inbox::Replies, self.key)).await
    }
}

/// A message, where the viewer may see it.
pub async fn message(ctx: &Context<'_>, id: MessageId) -> Result<Option<Message>> {
    Ok(scope(ctx).loaders.load_one(By::<Messages>(id)).await?.map(|message| message.as_ref().clone().into()))
}

connection!(MessageConnection, MessageEdge, Message, inbox::Message, "messages");

/// A reply to a message.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct MessageReply {
    /// Its id, `rpl_…`.
    pub id: ID,
    /// The text.
    pub content: String,
    /// Where its mail stands.
    pub email_status: EmailStatus,
    /// What the mail server said last, where it did not take the mail.
    pub email_error: Option<String>,
    /// When the mail server took it.
    pub email_sent_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) message_id: MessageId,
    #[graphql(skip)]
    pub(crate) author_id: Option<StaffId>,
}

impl From<inbox::MessageReply> for MessageReply {
    fn from(reply: inbox::MessageReply) -> Self {
        Self {
            id: reply.id.into_id(),
            content: reply.content,
            email_status: reply.email_status.into(),
            email_error: reply.email_error,
            email_sent_at: reply.email_sent_at,
            created_at: reply.created_at,
            message_id: reply.message_id,
            author_id: reply.author_id,
        }
    }
}

#[ComplexObject]
impl MessageReply {
    /// The message it answers.
    async fn message(&self, ctx: &Context<'_>) -> Result<Message> {
        Box::pin(
            async move { Ok(message(ctx, self.message_id).await?.ok_or(kernel::Error::NotFound { what: "Message" })?) },
        )
        .await
    }

    /// Who wrote it; null where Frontdesk did, or without the permission to see colleagues.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.author_id).await }).await
    }
}

/// A reply, where the viewer may see it.
pub async fn reply(ctx: &Context<'_>, id: MessageReplyId) -> Result<Option<MessageReply>> {
    Ok(scope(ctx).loaders.load_one(By::<MessageReplies>(id)).await?.map(|reply| reply.as_ref().clone().into()))
}

connection!(MessageReplyConnection, MessageReplyEdge, MessageReply, inbox::MessageReply, "replies");

/// A person on the website, known again by a token their browser keeps together with their address, or by the address alone.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Visitor {
    /// Their id, `vis_…`.
    pub id: ID,
    /// The name they gave first, or last in the browser that knows them: whoever only types their address does not change it.
    pub name: Option<String>,
    /// Their address. Who writes with another one is another visitor.
    pub email: Option<EmailAddress>,
    /// What brought them here first.
    pub source: Option<String>,
    /// How often they were seen.
    pub page_views: i32,
    /// When they first came.
    pub first_visit_at: DateTime<Utc>,
    /// When they last came.
    pub last_visit_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: VisitorId,
    #[graphql(skip)]
    from: (Option<String>, Option<String>),
}

impl From<inbox::Visitor> for Visitor {
    fn from(visitor: inbox::Visitor) -> Self {
        Self {
            id: visitor.id.into_id(),
            name: visitor.name,
            email: visitor.email.map(EmailAddress),
            source: visitor.source,
            page_views: visitor.page_views,
            first_visit_at: visitor.first_visit_at,
            last_visit_at: visitor.last_visit_at,
            key: visitor.id,
            from: (visitor.address, visitor.agent),
        }
    }
}

#[ComplexObject]
impl Visitor {
    /// The network address that they last wrote from, in the browser that knows them; null without the permission
    /// VIEW_VISITOR_ADDRESSES.
    async fn address(&self, ctx: &Context<'_>) -> Option<String> {
        self.from.0.clone().filter(|_| scope(ctx).cx().can(inbox::VIEW_VISITOR_ADDRESSES))
    }

    /// The program that they last wrote with, in its own words; null without the permission VIEW_VISITOR_ADDRESSES.
    async fn agent(&self, ctx: &Context<'_>) -> Option<String> {
        self.from.1.clone().filter(|_| scope(ctx).cx().can(inbox::VIEW_VISITOR_ADDRESSES))
    }

    /// What they wrote, newest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::MessagesOf, self.key, page).await?.into())
        })
        .await
    }

    /// Their live chats, newest first.
    async fn chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ChatConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::ChatsOf, self.key, page).await?.into())
        })
        .await
    }

    /// Other visitors who were seen in the same browser, and so may be the same person under another address, or somebody
    /// else at the same desk; at most 20, the first first.
    async fn seen_in_same_browser(&self, ctx: &Context<'_>) -> Result<Vec<Visitor>> {
        Box::pin(async move {
            let loaders = &scope(ctx).loaders;
            let others = loaders.load_one(AcquaintancesOf(self.key)).await?.unwrap_or_default();
            let found =
                futures_util::future::try_join_all(others.iter().map(|id| loaders.load_one(By::<Visitors>(*id))))
                    .await?;
            Ok(found.into_iter().flatten().map(|visitor| visitor.as_ref().clone().into()).collect())
        })
        .await
    }

    /// What they booked, newest first. None without the permission VIEW_CONSULTATIONS.
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConsultationConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::ConsultationsOf, self.key, page).await?.into())
        })
        .await
    }

    /// Whatever they did, newest first.
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<TimelineEntryConnection> {
        Box::pin(timeline(ctx, self.key, PageArgs { first, after, last, before })).await
    }

    /// Who was merged into them, oldest first: `unmergeVisitor` takes that back.
    async fn merged_visitors(&self, ctx: &Context<'_>) -> Result<Vec<MergedVisitor>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(MergedInto(self.key)).await?.unwrap_or_default();
            Ok(found.iter().cloned().map(Into::into).collect())
        })
        .await
    }

    /// How many messages they wrote.
    async fn message_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Box::pin(count_below(scope(ctx), inbox::MessagesOf, self.key)).await
    }
}

connection!(VisitorConnection, VisitorEdge, Visitor, inbox::Visitor, "visitors");
