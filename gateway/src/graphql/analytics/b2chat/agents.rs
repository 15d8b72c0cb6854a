//! Agents that B2Chat tells of.

use analytics_sync::{b2chat, records::B2chatAgents};
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{
    id::{B2chatAgentId, B2chatDepartmentId, StaffId},
    page::PageArgs,
};

use super::{
    chats::B2ChatChatConnection,
    departments::{B2ChatDepartment, department},
};
use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        loaders::By,
        records::nested,
        scope::scope,
    },
};

/// Somebody who answers chats in B2Chat.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct B2ChatAgent {
    /// Their id, `bag_…`.
    pub id: ID,
    /// As B2Chat knows them: their user name, or else their address, or else their name.
    #[graphql(name = "b2chatId")]
    pub b2chat_id: String,
    /// Whether that is no id of B2Chat's.
    pub is_id_derived: bool,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their user name.
    pub username: Option<String>,
    /// Whether they answer chats.
    pub is_active: bool,
    /// Whether they count as deleted: what they did stays.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// When a synchronisation last wrote them; what is told just so once more is not written.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When they were first told of.
    pub created_at: DateTime<Utc>,
    /// When they were last changed here.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: B2chatAgentId,
    #[graphql(skip)]
    department_id: Option<B2chatDepartmentId>,
    #[graphql(skip)]
    staff_id: Option<StaffId>,
}

impl From<analytics_sync::B2chatAgent> for B2ChatAgent {
    fn from(row: analytics_sync::B2chatAgent) -> Self {
        Self {
            id: row.id.into_id(),
            b2chat_id: row.b2chat_id,
            is_id_derived: row.id_derived,
            name: row.name,
            email: row.email,
            username: row.username,
            is_active: row.is_active,
            is_deleted: row.is_deleted,
            deleted_at: row.deleted_at,
            deletion_reason: row.deletion_reason,
            last_sync_at: row.last_sync_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            key: row.id,
            department_id: row.department_id,
            staff_id: row.staff_id,
        }
    }
}

connection!(B2ChatAgentConnection, B2ChatAgentEdge, B2ChatAgent, analytics_sync::B2chatAgent, "agents of B2Chat");

/// An agent, where the viewer may see them.
pub async fn agent(ctx: &Context<'_>, id: Option<B2chatAgentId>) -> Result<Option<B2ChatAgent>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(By::<B2chatAgents>(id)).await?.map(|row| row.as_ref().clone().into()))
}

#[ComplexObject]
impl B2ChatAgent {
    /// The department of the newest chat that they have.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<B2ChatDepartment>> {
        Box::pin(department(ctx, self.department_id)).await
    }

    /// The colleague with their address; null where none has it, or without the permission to see colleagues.
    async fn staff(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.staff_id).await }).await
    }

    /// Their chats that do not count as deleted, newest first.
    async fn chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatChatConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, b2chat::chats::OfAgent, self.key, page).await?.into())
        })
        .await
    }
}
