//! Messages, replies and visitors.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use inbox::reply_place;
use kernel::{
    id::{MessageId, MessageReplyId, StaffId, VisitorId},
    page::{Cursors, Slice},
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        loaders::{Batch, MessageCount, MessagesOf, RepliesOf, ReplyCount},
        paging::{Count, args},
        scalars::EmailAddress,
        scope::{Scope, scope},
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
        }
    }
}

#[ComplexObject]
impl Message {
    /// Who wrote it; null without the permission to see visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Ok(scope(ctx).loaders.load_one(self.visitor_id).await?.map(|visitor| visitor.as_ref().into()))
    }

    /// Who has it; null where nobody has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        staff(ctx, self.assignee_id).await
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
        let scope = scope(ctx);
        let cx = scope.cx();
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, &format!("replies {}", self.id.as_str()));
        let page = cursors.page(&args(first, after, last, before))?;
        let slice = if page.after.is_none() && page.before.is_none() {
            let key = RepliesOf { message: self.key, rows: page.size + 1, backward: page.backward };
            page.slice(scope.loaders.load_one(key).await?.map(|replies| replies.to_vec()).unwrap_or_default())
        } else {
            inbox::replies(&scope.app.db.reader(&cx).await?, &cx, self.key, &page).await?
        };
        Ok(reply_connection(slice, cursors, counted(scope, ReplyCount(self.key))))
    }

    /// How many replies it has.
    async fn reply_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = scope(ctx).loaders.load_one(ReplyCount(self.key)).await?.unwrap_or_default();
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// Counts a list below a row when somebody asks, for all rows of a level at once.
fn counted<K>(scope: &Scope, key: K) -> Count
where
    K: Copy + Eq + std::hash::Hash + Send + Sync + 'static,
    Batch: Loader<K, Value = u64, Error = kernel::Error>,
{
    let loaders = scope.loaders.clone();
    Arc::new(move || {
        let loaders = loaders.clone();
        Box::pin(async move { Ok(loaders.load_one(key).await?.unwrap_or_default()) })
    })
}

fn reply_connection(slice: Slice<inbox::MessageReply>, cursors: Cursors, count: Count) -> MessageReplyConnection {
    MessageReplyConnection {
        places: slice.rows.iter().map(reply_place).collect(),
        rows: slice.rows.into_iter().map(|row| Arc::new(row.into())).collect(),
        has_next: slice.has_next,
        has_previous: slice.has_previous,
        cursors,
        count,
    }
}

/// A message, where the viewer may see it.
pub async fn message(ctx: &Context<'_>, id: MessageId) -> Result<Option<Message>> {
    Ok(scope(ctx).loaders.load_one(id).await?.map(|message| message.as_ref().clone().into()))
}

connection!(MessageConnection, MessageEdge, Message, "messages");

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
        Ok(message(ctx, self.message_id).await?.ok_or(kernel::Error::NotFound { what: "Message" })?)
    }

    /// Who wrote it; null where Frontdesk did, or without the permission to see colleagues.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        staff(ctx, self.author_id).await
    }
}

/// A reply, where the viewer may see it.
pub async fn reply(ctx: &Context<'_>, id: MessageReplyId) -> Result<Option<MessageReply>> {
    Ok(scope(ctx).loaders.load_one(id).await?.map(|reply| reply.as_ref().clone().into()))
}

connection!(MessageReplyConnection, MessageReplyEdge, MessageReply, "replies");

/// A person on the website, known again by a token their browser keeps, then by their address.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Visitor {
    /// Their id, `vis_…`.
    pub id: ID,
    /// The name they gave last.
    pub name: Option<String>,
    /// The address they gave last.
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
}

impl From<&inbox::Visitor> for Visitor {
    fn from(visitor: &inbox::Visitor) -> Self {
        Self {
            id: visitor.id.into_id(),
            name: visitor.name.clone(),
            email: visitor.email.clone().map(EmailAddress),
            source: visitor.source.clone(),
            page_views: visitor.page_views,
            first_visit_at: visitor.first_visit_at,
            last_visit_at: visitor.last_visit_at,
            key: visitor.id,
        }
    }
}

#[ComplexObject]
impl Visitor {
    /// What they wrote, newest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let cursors = Cursors::new(scope.app.db.keyring(), &cx, &format!("messages of {}", self.id.as_str()));
        let page = cursors.page(&args(first, after, last, before))?;
        let slice = if page.after.is_none() && page.before.is_none() {
            let key = MessagesOf { visitor: self.key, rows: page.size + 1, backward: page.backward };
            page.slice(scope.loaders.load_one(key).await?.map(|messages| messages.to_vec()).unwrap_or_default())
        } else {
            inbox::messages_of(&scope.app.db.reader(&cx).await?, &cx, self.key, &page).await?
        };
        let newest = [inbox::MessageOrder { field: inbox::MessageField::CreatedAt, descending: true }];
        Ok(MessageConnection {
            places: slice.rows.iter().map(|row| inbox::MessageOrder::place(&newest, row)).collect(),
            rows: slice.rows.into_iter().map(|row| Arc::new(row.into())).collect(),
            has_next: slice.has_next,
            has_previous: slice.has_previous,
            cursors,
            count: counted(scope, MessageCount(self.key)),
        })
    }

    /// How many messages they wrote.
    async fn message_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count = scope(ctx).loaders.load_one(MessageCount(self.key)).await?.unwrap_or_default();
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

connection!(VisitorConnection, VisitorEdge, Visitor, "visitors");
