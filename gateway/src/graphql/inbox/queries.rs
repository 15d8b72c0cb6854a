//! Reading the inbox.

use async_graphql::{Context, ID, Lookahead, Object};
use inbox::{
    Wide,
    entities::{message, visitor},
    messages,
    records::{Messages, Visitors},
};
use kernel::{id::VisitorId, page::PageArgs, record};

use super::{
    filters::{MessageFilter, MessageOrder, VisitorFilter, VisitorOrder},
    prime::{message_with, prime, prime_visitors},
    types::{Message, MessageConnection, Visitor, VisitorConnection},
};
use crate::graphql::{
    directives::requires,
    errors::Result,
    filters::FilterInput,
    identity::Permission,
    paging::{List, Listed},
    records::{list, ordered},
    scope::scope,
};

fn nodes<'a>(look: &Lookahead<'a>) -> [Lookahead<'a>; 2] {
    [look.field("nodes"), look.field("edges").field("node")]
}

/// Reading the inbox.
#[derive(Default)]
pub struct InboxQuery;

#[Object]
impl InboxQuery {
    /// A message; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewMessages))]
    async fn message(&self, ctx: &Context<'_>, #[graphql(desc = "`msg_…`")] id: ID) -> Result<Option<Message>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_MESSAGES)?;
        let id = crate::graphql::scalars::id("id", &id)?;
        Ok(message_with(scope, id, ctx.look_ahead()).await?.map(Into::into))
    }

    /// Messages, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewMessages))]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<MessageFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<MessageOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_MESSAGES)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let order = ordered(order_by, (message::Column::CreatedAt, true))?;
        let page = PageArgs { first, after, last, before };
        let list = List::new(scope, &format!("messages {:?}", order.columns), &page)?;
        let look = ctx.look_ahead();
        let nodes = nodes(&look);
        // A reply may ask for its message again, which then comes from here.
        let wide = nodes.iter().any(|node| node.field("content").exists() || node.field("replies").exists());
        let wide = if wide { Wide::Content } else { Wide::Omit };
        let read = async { messages::messages(&list.conn().await?, &list.cx, &filter, &order, &list.page, wide).await };
        let slice = list.rows(ctx, read).await?;
        prime(scope, &slice.rows, &nodes).await?;
        let count = list.count(move |conn, cx, up_to| {
            let filter = filter.clone();
            async move { record::count(&conn, &cx, &filter, up_to).await }
        });
        Ok(Listed::new(list, slice, |row| record::place::<Messages>(&order, row), count).into())
    }

    /// A visitor; null where there is none that the viewer may see. The id of one who was merged finds whom they became.
    #[graphql(directive = requires::apply(Permission::ViewVisitors))]
    async fn visitor(&self, ctx: &Context<'_>, #[graphql(desc = "`vis_…`")] id: ID) -> Result<Option<Visitor>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_VISITORS)?;
        let id: VisitorId = crate::graphql::scalars::id("id", &id)?;
        let conn = scope.app.db.reader(&cx).await?;
        let mut found = record::by_ids::<Visitors>(&conn, &cx, &[id]).await?.remove(&id);
        if found.is_none()
            && let Some(into) = inbox::survivors(&conn, &cx, &[id]).await?.remove(&id)
        {
            found = record::by_ids::<Visitors>(&conn, &cx, &[into]).await?.remove(&into);
        }
        if let Some(found) = &found {
            prime_visitors(scope, std::slice::from_ref(found), &[ctx.look_ahead()]).await?;
        }
        Ok(found.map(Into::into))
    }

    /// Visitors, last seen first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewVisitors))]
    async fn visitors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<VisitorFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<VisitorOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<VisitorConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (visitor::Column::LastVisitAt, true));
        let listed = list(ctx, "visitors", filter, order, page).await?;
        prime_visitors(scope(ctx), &listed.rows, &nodes(&ctx.look_ahead())).await?;
        Ok(listed.into())
    }
}
