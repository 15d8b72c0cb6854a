//! Reading one's own sessions with the assistant.

use async_graphql::{Context, ID, Object};
use kernel::{page::PageArgs, record::Filter};
use sea_orm::EntityTrait;
use ticketing::records::AssistantSessions;

use super::types::{AssistantSession, AssistantSessionConnection};
use crate::graphql::{
    errors::Result,
    records::{always, list_where, one},
};

type Column = <AssistantSessions as EntityTrait>::Column;

/// Reading one's own sessions with the assistant.
#[derive(Default)]
pub struct AssistantQuery;

#[Object]
impl AssistantQuery {
    /// The viewer's own sessions with the assistant, those first in which something was said last. Nobody sees anybody else's.
    async fn assistant_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<AssistantSessionConnection> {
        let page = PageArgs { first, after, last, before };
        let order = always::<AssistantSessions>(Column::UpdatedAt, true)?;
        let all = Filter::<AssistantSessions>::default();
        Ok(list_where(ctx, "assistantSessions", all, order, page).await?.into())
    }

    /// One of the viewer's own sessions with the assistant; null where there is none.
    async fn assistant_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `ass_…`.")] id: ID,
    ) -> Result<Option<AssistantSession>> {
        one::<AssistantSessions, _>(ctx, &id).await
    }
}
