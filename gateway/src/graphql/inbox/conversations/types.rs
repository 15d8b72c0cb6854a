//! Conversations and their messages.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::{
    OnAccount,
    records::{ConversationMessages, Conversations},
};
use kernel::{
    id::{ConversationId, ConversationMessageId, SocialAccountId, StaffId},
    page::PageArgs,
};

use super::archives::ConversationArchive;
use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        inbox::{
            conversation_replies::ConversationReplyConnection,
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, tags_of},
        },
        loaders::{AccountOf, ArchivesOf, By},
        records::nested,
        scalars::Json,
        scope::scope,
    },
};

/// A social platform that people write to the company on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::Platform")]
pub enum SocialPlatform {
    /// Facebook: messages to a page.
    Facebook,
    /// X: direct messages.
    X,
    /// LinkedIn: comments on a page's posts.
    Linkedin,
}

/// Whether a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ConversationStatus")]
pub enum ConversationStatus {
    /// It does.
    Active,
    /// Somebody closed it; the participant's next message opens it again.
    Closed,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::Direction")]
pub enum MessageDirection {
    /// To us.
    Inbound,
    /// From us.
    Outbound,
}

/// What somebody on a social platform and the company write each other.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Conversation {
    /// Its id, `cnv_…`.
    pub id: ID,
    /// As the platform names it.
    pub platform_conversation_id: String,
    /// The participant, as the platform names them.
    pub participant_id: String,
    /// The participant, as people read it; null where the platform does not say.
    pub participant_name: Option<String>,
    /// Whether it goes on.
    pub status: ConversationStatus,
    /// When its first message was written, by the platform's clock.
    pub started_at: DateTime<Utc>,
    /// When its last message was written, by the platform's clock.
    pub last_message_at: DateTime<Utc>,
    /// When the participant wrote last, by the platform's clock: the time within which it may be answered begins with it.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// How many messages it has, those that are archived or taken back too.
    pub message_count: i32,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Raised by every change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) key: ConversationId,
    #[graphql(skip)]
    pub(crate) account_id: SocialAccountId,
    #[graphql(skip)]
    pub(crate) assignee_id: Option<StaffId>,
    #[graphql(skip)]
    pub(crate) last_message_id: Option<ConversationMessageId>,
}

impl From<inbox::Conversation> for Conversation {
    fn from(conversation: inbox::Conversation) -> Self {
        Self {
            id: conversation.id.into_id(),
            platform_conversation_id: conversation.platform_conversation_id,
            participant_id: conversation.participant_id,
            participant_name: conversation.participant_name,
            status: conversation.status.into(),
            started_at: conversation.started_at,
            last_message_at: conversation.last_message_at,
            last_inbound_at: conversation.last_inbound_at,
            message_count: conversation.message_count,
            closed_at: conversation.closed_at,
            version: conversation.version,
            updated_at: conversation.updated_at,
            key: conversation.id,
            account_id: conversation.social_account_id,
            assignee_id: conversation.assignee_id,
            last_message_id: conversation.last_message_id,
        }
    }
}

/// What the viewer may do with a conversation.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ConversationViewerCan {
    /// Hand it to somebody, or back to nobody.
    pub assign: bool,
    /// Close it, or open it again.
    pub set_status: bool,
}

impl Conversation {
    async fn on_account(&self, ctx: &Context<'_>) -> Result<Arc<OnAccount>> {
        let found = scope(ctx).loaders.load_one(AccountOf(self.account_id)).await?;
        Ok(found.ok_or(kernel::Error::NotFound { what: "SocialAccount" })?)
    }
}

#[ComplexObject]
impl Conversation {
    /// The platform that it is on.
    async fn platform(&self, ctx: &Context<'_>) -> Result<SocialPlatform> {
        Box::pin(async move { Ok(self.on_account(ctx).await?.platform.into()) }).await
    }

    /// The id of the company's account that was written to, `sac_…`.
    async fn account_id(&self) -> ID {
        self.account_id.into_id()
    }

    /// The name of the company's account that was written to.
    async fn account_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Box::pin(async move { Ok(self.on_account(ctx).await?.name.clone()) }).await
    }

    /// Who answers; null where nobody does, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.assignee_id).await }).await
    }

    /// Its last message; null of a conversation without one, and where it is archived.
    async fn last_message(&self, ctx: &Context<'_>) -> Result<Option<ConversationMessage>> {
        Box::pin(async move {
            let Some(id) = self.last_message_id else { return Ok(None) };
            conversation_message(ctx, id).await
        })
        .await
    }

    /// Its messages that are not archived, oldest first by the platform's clock.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConversationMessageConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::MessagesIn, self.key, page).await?.into())
        })
        .await
    }

    /// Replies that were suggested or written here, with what became of them, oldest first.
    async fn replies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConversationReplyConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::RepliesIn, self.key, page).await?.into())
        })
        .await
    }

    /// Where those of its messages are that were archived, oldest first. An archived message is no node any more.
    async fn archives(&self, ctx: &Context<'_>) -> Result<Vec<ConversationArchive>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(ArchivesOf(self.key)).await?;
            Ok(found.iter().flat_map(|all| all.iter()).cloned().map(Into::into).collect())
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

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ConversationViewerCan {
        let manage = scope(ctx).cx().can(inbox::MANAGE_CONVERSATIONS);
        ConversationViewerCan { assign: manage, set_status: manage }
    }
}

/// A conversation, where the viewer may see it.
pub async fn conversation(ctx: &Context<'_>, id: ConversationId) -> Result<Option<Conversation>> {
    Ok(scope(ctx).loaders.load_one(By::<Conversations>(id)).await?.map(|found| found.as_ref().clone().into()))
}

connection!(ConversationConnection, ConversationEdge, Conversation, inbox::Conversation, "conversations");

/// A message of a conversation.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct ConversationMessage {
    /// Its id, `cvm_…`.
    pub id: ID,
    /// As the platform names it.
    pub platform_message_id: String,
    /// Which way it went.
    pub direction: MessageDirection,
    /// The text; empty where there are pictures only, and where it was taken back.
    pub content: String,
    /// Who wrote it, as the platform names them.
    pub sender_id: Option<String>,
    /// When it was written, by the platform's clock.
    pub received_at: DateTime<Utc>,
    /// When it was changed last.
    pub edited_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub deleted_at: Option<DateTime<Utc>>,
    /// What else the platform says of it: the addresses of pictures and files under `attachments`, what it answers under
    /// `replyTo`, whether the text was cut under `cut`, and what it said before it was changed under `original`. Nothing of it was
    /// fetched, and any of it may lead anywhere.
    pub metadata: Json,
    #[graphql(skip)]
    pub(crate) conversation_id: ConversationId,
}

impl From<inbox::ConversationMessage> for ConversationMessage {
    fn from(message: inbox::ConversationMessage) -> Self {
        Self {
            id: message.id.into_id(),
            platform_message_id: message.platform_message_id,
            direction: message.direction.into(),
            content: message.content,
            sender_id: message.sender_id,
            received_at: message.received_at,
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            metadata: Json(message.metadata),
            conversation_id: message.conversation_id,
        }
    }
}

#[ComplexObject]
impl ConversationMessage {
    /// The conversation.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        Box::pin(conversation(ctx, self.conversation_id)).await
    }
}

/// A message, where the viewer may see it.
pub async fn conversation_message(ctx: &Context<'_>, id: ConversationMessageId) -> Result<Option<ConversationMessage>> {
    Ok(scope(ctx).loaders.load_one(By::<ConversationMessages>(id)).await?.map(|found| found.as_ref().clone().into()))
}

connection!(
    ConversationMessageConnection,
    ConversationMessageEdge,
    ConversationMessage,
    inbox::ConversationMessage,
    "messages"
);
