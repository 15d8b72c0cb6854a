//! Chats and their lines.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use identity::records::Departments;
use inbox::records::{ChatMessages, Chats, Visitors};
use kernel::{
    id::{ChatId, ChatMessageId, DepartmentId, StaffId, VisitorId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{Department, IntoId, Staff, staff},
        inbox::{
            Visitor,
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, tags_of},
        },
        loaders::{By, NameOf},
        records::{count_below, nested},
        scalars::EmailAddress,
        scope::scope,
    },
};

/// Where a chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ChatStatus")]
pub enum ChatStatus {
    /// It is in the queue.
    Waiting,
    /// A colleague has it.
    Active,
    /// It is over.
    Ended,
}

/// The sides of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ChatSide")]
pub enum ChatSide {
    /// The visitor.
    Visitor,
    /// We.
    Staff,
    /// Frontdesk itself.
    System,
}

/// A live chat, as colleagues see it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Chat {
    /// Its id, `cht_…`.
    pub id: ID,
    /// The name given.
    pub name: String,
    /// The address given.
    pub email: Option<EmailAddress>,
    /// Where it stands.
    pub status: ChatStatus,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When a colleague first took it.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When a colleague first answered.
    pub first_answer_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it; SYSTEM after a silence.
    pub ended_by: Option<ChatSide>,
    /// What the visitor thinks of it, from 1 to 5.
    pub rating: Option<i32>,
    /// And in words.
    pub feedback: Option<String>,
    /// How many lines the visitor wrote. It stays when the lines go after a year.
    pub visitor_line_count: i32,
    /// How many lines colleagues wrote. It stays when the lines go after a year.
    pub staff_line_count: i32,
    /// How many of the visitor's lines no colleague has read.
    pub unread_count: i32,
    /// How many of the colleagues' lines the visitor has not read.
    pub unread_by_visitor: i32,
    /// When something was last said.
    pub last_message_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: ChatId,
    #[graphql(skip)]
    pub(crate) visitor_id: VisitorId,
    #[graphql(skip)]
    pub(crate) department_id: Option<DepartmentId>,
    #[graphql(skip)]
    pub(crate) assignee_id: Option<StaffId>,
    #[graphql(skip)]
    pub(crate) last_message_id: Option<ChatMessageId>,
}

impl From<inbox::Chat> for Chat {
    fn from(chat: inbox::Chat) -> Self {
        Self {
            id: chat.id.into_id(),
            name: chat.visitor_name,
            email: chat.visitor_email.map(EmailAddress),
            status: chat.status.into(),
            started_at: chat.started_at,
            claimed_at: chat.claimed_at,
            first_answer_at: chat.first_answer_at,
            ended_at: chat.ended_at,
            ended_by: chat.ended_by.map(Into::into),
            rating: chat.rating,
            feedback: chat.feedback,
            visitor_line_count: chat.visitor_lines,
            staff_line_count: chat.staff_lines,
            unread_count: chat.unread_by_staff,
            unread_by_visitor: chat.unread_by_visitor,
            last_message_at: chat.last_message_at,
            created_at: chat.created_at,
            updated_at: chat.updated_at,
            key: chat.id,
            visitor_id: chat.visitor_id,
            department_id: chat.department_id,
            assignee_id: chat.assignee_id,
            last_message_id: chat.last_message_id,
        }
    }
}

/// What the viewer may do with a chat.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ChatViewerCan {
    /// Take it out of the queue.
    pub claim: bool,
    /// Write in it.
    pub send: bool,
    /// Hand it to somebody else, or put it into a queue.
    pub transfer: bool,
    /// End it.
    pub end: bool,
}

#[ComplexObject]
impl Chat {
    /// Who began it; null without the permission to see visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(By::<Visitors>(self.visitor_id)).await?;
            Ok(found.map(|visitor| visitor.as_ref().clone().into()))
        })
        .await
    }

    /// The department that it waits for, or waited for last; null without the permission to see staff.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        Box::pin(async move {
            let scope = scope(ctx);
            match self.department_id {
                Some(id) if scope.cx().can(identity::VIEW_STAFF) => {
                    let found = scope.loaders.load_one(By::<Departments>(id)).await?;
                    Ok(found.map(|department| department.as_ref().into()))
                }
                _ => Ok(None),
            }
        })
        .await
    }

    /// Who has it, or had it when it ended; null where nobody has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.assignee_id).await }).await
    }

    /// What the visitor or a colleague last said; null once its lines are gone.
    async fn last_message(&self, ctx: &Context<'_>) -> Result<Option<ChatMessage>> {
        Box::pin(async move {
            let Some(id) = self.last_message_id else { return Ok(None) };
            let found = scope(ctx).loaders.load_one(By::<ChatMessages>(id)).await?;
            Ok(found.map(|line| line.as_ref().clone().into()))
        })
        .await
    }

    /// What is said in it, oldest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ChatMessageConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::Lines, self.key, page).await?.into())
        })
        .await
    }

    /// How many lines are there.
    async fn message_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Box::pin(count_below(scope(ctx), inbox::Lines, self.key)).await
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

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ChatViewerCan {
        let cx = scope(ctx).cx();
        let open = cx.can(inbox::MANAGE_CHATS) && self.status != ChatStatus::Ended;
        let own = self.assignee_id.is_some() && self.assignee_id == cx.staff_id();
        ChatViewerCan {
            claim: open && self.status == ChatStatus::Waiting,
            send: open && self.status == ChatStatus::Active && own,
            transfer: open,
            end: open,
        }
    }
}

/// A chat, where the viewer may see it.
pub async fn chat(ctx: &Context<'_>, id: ChatId) -> Result<Option<Chat>> {
    Ok(scope(ctx).loaders.load_one(By::<Chats>(id)).await?.map(|chat| chat.as_ref().clone().into()))
}

connection!(ChatConnection, ChatEdge, Chat, inbox::Chat, "chats");

/// A line of a chat. Of what the system says each step of the chat is one.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ChatMessage {
    /// Its id, `chm_…`.
    pub id: ID,
    /// Which side wrote it.
    pub sender: ChatSide,
    /// The text.
    pub content: String,
    /// When it was written. The lines of a chat are in this order.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) chat_id: ChatId,
    #[graphql(skip)]
    pub(crate) staff_id: Option<StaffId>,
}

impl From<inbox::ChatMessage> for ChatMessage {
    fn from(line: inbox::ChatMessage) -> Self {
        Self {
            id: line.id.into_id(),
            sender: line.sender_type.into(),
            content: line.content,
            created_at: line.created_at,
            chat_id: line.session_id,
            staff_id: line.staff_id,
        }
    }
}

#[ComplexObject]
impl ChatMessage {
    /// The chat; null for its visitor.
    async fn chat(&self, ctx: &Context<'_>) -> Result<Option<Chat>> {
        Box::pin(chat(ctx, self.chat_id)).await
    }

    /// The colleague who wrote it; null for its visitor, and without the permission to see colleagues.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.staff_id).await }).await
    }

    /// The name of the colleague who wrote it, which the visitor sees too.
    async fn author_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Box::pin(staff_name(ctx, self.staff_id)).await
    }
}

/// The name of a colleague, whoever asks.
pub async fn staff_name(ctx: &Context<'_>, id: Option<StaffId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(NameOf(id)).await?.map(|name: Arc<str>| name.to_string()))
}

connection!(ChatMessageConnection, ChatMessageEdge, ChatMessage, inbox::ChatMessage, "lines");
