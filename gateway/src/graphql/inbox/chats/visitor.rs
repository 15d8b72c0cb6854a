//! A chat as its visitor sees it.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::page::PageArgs;

use super::{
    presence::nobody_available,
    types::{ChatMessageConnection, ChatSide, ChatStatus, staff_name},
};
use crate::graphql::{errors::Result, identity::IntoId, records::nested, scope::scope};

/// A live chat, as its visitor sees it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct VisitorChat {
    /// Its id, `cht_…`.
    pub id: ID,
    /// Where it stands.
    pub status: ChatStatus,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it; SYSTEM after a silence.
    pub ended_by: Option<ChatSide>,
    /// How it was rated, from 1 to 5.
    pub rating: Option<i32>,
    /// How many of our lines the visitor has not read.
    pub unread_count: i32,
    #[graphql(skip)]
    pub(super) chat: inbox::Chat,
}

impl From<inbox::Chat> for VisitorChat {
    fn from(chat: inbox::Chat) -> Self {
        Self {
            id: chat.id.into_id(),
            status: chat.status.into(),
            started_at: chat.started_at,
            ended_at: chat.ended_at,
            ended_by: chat.ended_by.map(Into::into),
            rating: chat.rating,
            unread_count: chat.unread_by_visitor,
            chat,
        }
    }
}

#[ComplexObject]
impl VisitorChat {
    /// The name of the colleague who has it; null while it waits.
    async fn assignee_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Box::pin(staff_name(ctx, self.chat.assignee_id)).await
    }

    /// The name of the department that it waits for.
    async fn department_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Box::pin(async move {
            let scope = scope(ctx);
            let Some(id) = self.chat.department_id else { return Ok(None) };
            let found = identity::department_name(&scope.app.db.reader(&scope.cx()).await?, id).await?;
            Ok(found.map(|(name, _)| name))
        })
        .await
    }

    /// Its place in the queue, the first being 1; null where it does not wait.
    async fn queue_position(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        Box::pin(async move {
            let scope = scope(ctx);
            let place = inbox::queue_position(&scope.app.db.reader(&scope.cx()).await?, &self.chat).await?;
            Ok(place.map(|place| i32::try_from(place).unwrap_or(i32::MAX)))
        })
        .await
    }

    /// Whether nobody who sees it is at the desk at this moment. A chat that waits stays in the queue then.
    async fn nobody_available(&self, ctx: &Context<'_>) -> Result<bool> {
        Box::pin(async move {
            let scope = scope(ctx);
            Ok(nobody_available(scope, &scope.cx(), self.chat.assignee_id, self.chat.department_id).await?)
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
            Ok(nested(ctx, inbox::LinesForVisitor, self.chat.id, page).await?.into())
        })
        .await
    }
}
