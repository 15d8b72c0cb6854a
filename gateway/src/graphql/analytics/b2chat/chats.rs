//! Chats that B2Chat tells of.

use analytics_sync::{AnalysesOfChat, b2chat, records::B2chatChats};
use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatChatId, B2chatContactId, B2chatDepartmentId},
    page::PageArgs,
};

use super::{
    agents::{B2ChatAgent, agent},
    contacts::{B2ChatAttribute, B2ChatContact, attributes, contact},
    departments::{B2ChatDepartment, department},
    messages::B2ChatMessageConnection,
};
use crate::{
    connection,
    graphql::{
        analytics::effectiveness::types::EffectivenessAnalysisConnection, errors::Result, identity::IntoId,
        loaders::By, records::nested, scope::scope,
    },
};

/// Through what a contact writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::ChatProvider")]
pub enum B2ChatProvider {
    /// WhatsApp.
    Whatsapp,
    /// Facebook Messenger.
    Facebook,
    /// Instagram.
    Instagram,
    /// Telegram.
    Telegram,
    /// A live chat on a website.
    Livechat,
    /// A bot of the company's own.
    #[graphql(name = "B2CBOTAPI")]
    B2cbotapi,
    /// Something else: the word of B2Chat's own stands beside it.
    Other,
}

/// Where a chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::B2chatStatus")]
pub enum B2ChatStatus {
    /// Somebody has it.
    Open,
    /// It is over.
    Closed,
    /// It waits for somebody, or for the contact.
    Pending,
}

/// How much a chat matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::B2chatPriority")]
pub enum B2ChatPriority {
    /// At once.
    Urgent,
    /// Soon.
    High,
    /// As it comes.
    Normal,
    /// When there is time.
    Low,
}

/// A chat that B2Chat tells of.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct B2ChatChat {
    /// Its id, `bch_…`.
    pub id: ID,
    /// As B2Chat knows it.
    #[graphql(name = "b2chatId")]
    pub b2chat_id: String,
    /// Through what the contact writes.
    pub provider: B2ChatProvider,
    /// The same in B2Chat's word.
    pub source_provider: String,
    /// Where it stands.
    pub status: B2ChatStatus,
    /// The same in B2Chat's word.
    pub source_status: String,
    /// Whether anybody was there when it began; null where B2Chat does not say.
    pub is_agent_available: Option<bool>,
    /// The line of the company that was written to.
    pub alias: Option<String>,
    /// Its tags, as B2Chat writes them and in its order.
    pub tags: Vec<String>,
    /// How much it matters.
    pub priority: B2ChatPriority,
    /// What it is about.
    pub topic: Option<String>,
    /// How many of the contact's messages nobody read.
    pub unread_count: i32,
    /// What was noted when it was over.
    pub resolution_note: Option<String>,
    /// Where B2Chat shows it.
    pub viewer_url: Option<String>,
    /// When the contact began it.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// From createdAt to closedAt, in seconds; null where one is not known, or they are the wrong way round.
    pub duration_seconds: Option<i32>,
    /// How long it was as B2Chat says it, in seconds.
    pub source_duration_seconds: Option<i32>,
    /// From createdAt to responseAt, in seconds; null where one is not known, or they are the wrong way round.
    pub response_seconds: Option<i32>,
    /// From openedAt to responseAt, in seconds; null where one is not known, or they are the wrong way round.
    pub first_response_seconds: Option<i32>,
    /// From createdAt to closedAt, in seconds; null where one is not known, or they are the wrong way round.
    pub resolution_seconds: Option<i32>,
    /// From openedAt to pickedUpAt, in seconds; null where one is not known, or they are the wrong way round.
    pub pickup_seconds: Option<i32>,
    /// What B2Chat says of it that Frontdesk has no field for, by name.
    pub unknown_fields: Vec<B2ChatAttribute>,
    /// How many messages it has.
    pub message_count: i32,
    /// Whether it counts as deleted.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// When it last changed at B2Chat.
    pub last_modified_at: Option<DateTime<Utc>>,
    /// When a synchronisation last wrote it; what is told just so once more is not written.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// Raised whenever a synchronisation changed it; 1 at first.
    pub sync_version: i32,
    #[graphql(skip)]
    key: B2chatChatId,
    #[graphql(skip)]
    agent_id: Option<B2chatAgentId>,
    #[graphql(skip)]
    contact_id: Option<B2chatContactId>,
    #[graphql(skip)]
    department_id: Option<B2chatDepartmentId>,
}

impl From<analytics_sync::B2chatChat> for B2ChatChat {
    fn from(row: analytics_sync::B2chatChat) -> Self {
        Self {
            id: row.id.into_id(),
            response_seconds: row.response_seconds(),
            first_response_seconds: row.first_response_seconds(),
            resolution_seconds: row.resolution_seconds(),
            pickup_seconds: row.pickup_seconds(),
            b2chat_id: row.b2chat_id,
            provider: row.provider.into(),
            source_provider: row.source_provider,
            status: row.status.into(),
            source_status: row.source_status,
            is_agent_available: row.is_agent_available,
            alias: row.alias,
            tags: row.tags.0,
            priority: row.priority.into(),
            topic: row.topic,
            unread_count: row.unread_count,
            resolution_note: row.resolution_note,
            viewer_url: row.viewer_url,
            created_at: row.created_at,
            opened_at: row.opened_at,
            picked_up_at: row.picked_up_at,
            response_at: row.response_at,
            closed_at: row.closed_at,
            duration_seconds: row.duration_seconds.filter(|seconds| *seconds >= 0),
            source_duration_seconds: row.source_duration_seconds,
            unknown_fields: attributes(row.unknown_fields),
            message_count: row.message_count,
            is_deleted: row.is_deleted,
            deleted_at: row.deleted_at,
            deletion_reason: row.deletion_reason,
            last_modified_at: row.last_modified_at,
            last_sync_at: row.last_sync_at,
            sync_version: row.sync_version,
            key: row.id,
            agent_id: row.agent_id,
            contact_id: row.contact_id,
            department_id: row.department_id,
        }
    }
}

connection!(B2ChatChatConnection, B2ChatChatEdge, B2ChatChat, analytics_sync::B2chatChat, "chats of B2Chat");

/// A chat, where the viewer may see it.
pub async fn chat(ctx: &Context<'_>, id: B2chatChatId) -> Result<Option<B2ChatChat>> {
    Ok(scope(ctx).loaders.load_one(By::<B2chatChats>(id)).await?.map(|row| row.as_ref().clone().into()))
}

#[ComplexObject]
impl B2ChatChat {
    /// Who has it; null while nobody does.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<B2ChatAgent>> {
        Box::pin(agent(ctx, self.agent_id)).await
    }

    /// Who wrote.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<B2ChatContact>> {
        Box::pin(contact(ctx, self.contact_id)).await
    }

    /// The department that it is of.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<B2ChatDepartment>> {
        Box::pin(department(ctx, self.department_id)).await
    }

    /// How well it went, as it was judged: the newest analysis first.
    async fn analyses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<EffectivenessAnalysisConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, AnalysesOfChat, self.key, page).await?.into())
        })
        .await
    }

    /// Its messages, as they were sent.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatMessageConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, b2chat::messages::OfChat, self.key, page).await?.into())
        })
        .await
    }
}
