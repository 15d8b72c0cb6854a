//! Reading chats.

use async_graphql::{Context, ID, Object};
use inbox::{ChatStatus, chats, entities::chat_session, records::Chats};
use kernel::{
    id::{ChatId, DepartmentId},
    page::PageArgs,
    record::{self, Filter},
};
use sea_orm::Condition;

use super::{
    filters::{ChatFilter, ChatOrder},
    prime::prime_chats,
    types::{Chat, ChatConnection},
    visitor::VisitorChat,
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    identity::Permission,
    inbox::prime::nodes,
    records::{always, list, list_where, ordered},
    scalars::id,
    scope::scope,
};

/// Reading chats.
#[derive(Default)]
pub struct ChatQuery;

#[Object]
impl ChatQuery {
    /// A chat; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewChats))]
    async fn chat(
        &self, ctx: &Context<'_>, #[graphql(name = "id", desc = "`cht_…`")] key: ID
    ) -> Result<Option<Chat>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_CHATS)?;
        let key: ChatId = id("id", &key)?;
        let found = record::by_ids::<Chats>(&scope.app.db.reader(&cx).await?, &cx, &[key]).await?.remove(&key);
        if let Some(found) = &found {
            prime_chats(scope, std::slice::from_ref(found), &[ctx.look_ahead()]).await?;
        }
        Ok(found.map(Into::into))
    }

    /// Chats, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewChats))]
    async fn chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ChatFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ChatOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ChatConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (chat_session::Column::StartedAt, true));
        let listed = list(ctx, "chats", filter, order, page).await?;
        prime_chats(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }

    /// The chats that wait to be claimed, the longest waiting first.
    #[graphql(directive = requires::apply(Permission::ViewChats))]
    async fn chat_queue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of this department alone, `dep_…`.")] department_id: Option<ID>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ChatConnection> {
        scope(ctx).cx().require(inbox::VIEW_CHATS)?;
        let department: Option<DepartmentId> =
            department_id.as_ref().map(|department| id("departmentId", department)).transpose()?;
        let page = PageArgs { first, after, last, before };
        let waiting = chats::BY_STATUS.is(ChatStatus::Waiting);
        let of = department.into_iter().flat_map(|department| chats::BY_DEPARTMENT.is(department));
        let queued = waiting.into_iter().chain(of).fold(Condition::all(), Condition::add);
        let order = always::<Chats>(chat_session::Column::StartedAt, false)?;
        let name = department.map_or_else(|| "chat queue".into(), |department| format!("chat queue of {department}"));
        let listed = list_where(ctx, &name, Filter::<Chats>::of(queued), order, page).await?;
        prime_chats(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }

    /// Public: a chat as its visitor sees it, with all that was said, also after a reload of the page.
    async fn visitor_chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cht_…`")] chat_id: ID,
        #[graphql(desc = "The chat's token.")] chat_token: String,
    ) -> Result<VisitorChat> {
        let scope = scope(ctx);
        let conn = scope.app.db.reader(&scope.cx()).await?;
        Ok(inbox::opened_chat(&conn, id("chatId", &chat_id)?, &chat_token).await?.into())
    }
}
