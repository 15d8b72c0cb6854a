//! Departments that B2Chat tells of.

use analytics_sync::{b2chat, records::B2chatDepartments};
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{id::B2chatDepartmentId, page::PageArgs};

use super::{agents::B2ChatAgentConnection, chats::B2ChatChatConnection};
use crate::{
    connection,
    graphql::{errors::Result, identity::IntoId, loaders::By, records::nested, scope::scope},
};

/// A department that B2Chat tells of, one of a tree. It is none of the company's own.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct B2ChatDepartment {
    /// Its id, `bdp_…`.
    pub id: ID,
    /// As B2Chat codes it.
    pub b2chat_code: String,
    /// Whether its name stands for its code, since B2Chat gives none.
    pub is_code_derived: bool,
    /// Its name.
    pub name: String,
    /// How many departments are above it: 0 at the top.
    pub level: i32,
    /// Whether none is below it.
    pub is_leaf: bool,
    /// Whether it is in use.
    pub is_active: bool,
    /// When a synchronisation last wrote it; what is told just so once more is not written.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When it was first told of.
    pub created_at: DateTime<Utc>,
    /// When it was last changed here.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: B2chatDepartmentId,
    #[graphql(skip)]
    parent_id: Option<B2chatDepartmentId>,
    #[graphql(skip)]
    ancestor_ids: Vec<B2chatDepartmentId>,
}

impl From<analytics_sync::B2chatDepartment> for B2ChatDepartment {
    fn from(row: analytics_sync::B2chatDepartment) -> Self {
        Self {
            id: row.id.into_id(),
            ancestor_ids: row.ancestor_ids(),
            key: row.id,
            parent_id: row.parent_id,
            b2chat_code: row.code,
            is_code_derived: row.code_derived,
            name: row.name,
            level: row.level,
            is_leaf: row.is_leaf,
            is_active: row.is_active,
            last_sync_at: row.last_sync_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

connection!(
    B2ChatDepartmentConnection,
    B2ChatDepartmentEdge,
    B2ChatDepartment,
    analytics_sync::B2chatDepartment,
    "departments of B2Chat"
);

/// A department, where the viewer may see it.
pub async fn department(ctx: &Context<'_>, id: Option<B2chatDepartmentId>) -> Result<Option<B2ChatDepartment>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(By::<B2chatDepartments>(id)).await?.map(|row| row.as_ref().clone().into()))
}

#[ComplexObject]
impl B2ChatDepartment {
    /// What it is part of; null at the top.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<B2ChatDepartment>> {
        Box::pin(department(ctx, self.parent_id)).await
    }

    /// The departments above it, from the top down.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<B2ChatDepartment>> {
        Box::pin(async move {
            let loaders = &scope(ctx).loaders;
            let found = self.ancestor_ids.iter().map(|id| loaders.load_one(By::<B2chatDepartments>(*id)));
            let found = futures_util::future::try_join_all(found).await?;
            Ok(found.into_iter().flatten().map(|row| row.as_ref().clone().into()).collect())
        })
        .await
    }

    /// The departments right below it, by name.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatDepartmentConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, b2chat::departments::Children, self.key, page).await?.into())
        })
        .await
    }

    /// The agents in it that do not count as deleted, by name; not those of the departments below it.
    async fn agents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatAgentConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, b2chat::agents::OfDepartment, self.key, page).await?.into())
        })
        .await
    }

    /// Its chats that do not count as deleted, newest first; not those of the departments below it.
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
            Ok(nested(ctx, b2chat::chats::OfDepartment, self.key, page).await?.into())
        })
        .await
    }
}
